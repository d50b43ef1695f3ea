package main

import (
	"context"
	"fmt"
	"image"
	"io"

	"github.com/bep/imagemeta"
)

// orientation is the Exif tag of that name (CIPA DC-008, 4.6.4): how a stored
// picture has to be turned to be upright. 1 is upright; 5 to 8 lie on a side.
type orientation uint16

const upright orientation = 1

var imageFormats = map[string]imagemeta.ImageFormat{
	"jpeg": imagemeta.JPEG, "png": imagemeta.PNG, "webp": imagemeta.WebP,
}

// orientation reads that one tag. A photo whose Exif is missing or damaged
// counts as upright; only a failing disk and the end of ctx are errors.
func (s *source) orientation(ctx context.Context, format string) (orientation, error) {
	in, err := s.rewound(ctx)
	if err != nil {
		return upright, err
	}
	found := upright
	_, err = imagemeta.Decode(imagemeta.Options{
		R:           seekableReader{in, s.file},
		ImageFormat: imageFormats[format],
		Sources:     imagemeta.EXIF,
		ShouldHandleTag: func(tag imagemeta.TagInfo) bool {
			return tag.Namespace == "IFD0" && tag.Tag == "Orientation"
		},
		HandleTag: func(tag imagemeta.TagInfo) error {
			if value, ok := tag.Value.(uint16); ok && value >= 1 && value <= 8 {
				found = orientation(value)
			}
			return imagemeta.ErrStopWalking
		},
	})
	if err != nil && in.failure != nil {
		return upright, fmt.Errorf("read photo: %w", in.failure)
	}
	return found, nil
}

// seekableReader is a reader that can also seek in the file under it.
type seekableReader struct {
	io.Reader
	io.Seeker
}

func (o orientation) lies() bool { return o >= 5 }

// size is the size of a stored picture once it is upright.
func (o orientation) size(stored image.Rectangle) image.Point {
	if o.lies() {
		return image.Pt(stored.Dy(), stored.Dx())
	}
	return stored.Size()
}

// apply turns a picture upright.
func (o orientation) apply(stored *image.RGBA) *image.RGBA {
	if o == upright {
		return stored
	}
	size := o.size(stored.Rect)
	out := image.NewRGBA(image.Rectangle{Max: size})
	right, bottom := stored.Rect.Dx()-1, stored.Rect.Dy()-1
	for y := range size.Y {
		for x := range size.X {
			sx, sy := o.stored(x, y, right, bottom)
			copy(out.Pix[out.PixOffset(x, y):][:4], stored.Pix[stored.PixOffset(sx, sy):][:4])
		}
	}
	return out
}

// stored is where the upright pixel (x, y) stands in a stored picture whose last
// column is right and whose last row is bottom.
func (o orientation) stored(x, y, right, bottom int) (int, int) {
	switch o {
	case 2: // mirrored left to right
		return right - x, y
	case 3: // upside down
		return right - x, bottom - y
	case 4: // mirrored top to bottom
		return x, bottom - y
	case 5: // mirrored along the falling diagonal
		return y, x
	case 6: // needs a quarter turn clockwise
		return y, bottom - x
	case 7: // mirrored along the rising diagonal
		return right - y, bottom - x
	case 8: // needs a quarter turn anticlockwise
		return right - y, x
	default:
		return x, y
	}
}
