package main

import (
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"sync"

	"golang.org/x/image/draw"
)

const (
	thumbnailSide    = 512 // pixels, of the longer side
	thumbnailQuality = 82
	// reduceTo is how many times larger than the thumbnail the picture that the
	// cubic filter sees is, at least.
	reduceTo = 1.5
)

// thumbnail scales a picture down and turns it upright; a smaller one keeps its
// size. What is transparent becomes white.
//
// It works in two steps: averaging whole boxes of pixels, then a Catmull-Rom
// filter for the rest. The filter alone keeps 32 bytes for each thumbnail column
// of each source row: 49 MB for 4000 × 3000 pixels, more than the decoded JPEG
// takes; with boxes first, 10 MB. Averages are taken of sRGB values, as browsers
// do.
func (p *picture) thumbnail() *image.RGBA {
	stored := p.Bounds()
	longer := max(stored.Dx(), stored.Dy())
	target := stored.Size()
	if longer > thumbnailSide {
		target.X = max(1, (stored.Dx()*thumbnailSide+longer/2)/longer)
		target.Y = max(1, (stored.Dy()*thumbnailSide+longer/2)/longer)
	}
	box := max(1, int(float64(longer)/thumbnailSide/reduceTo))
	reduced := average(p.Image, box)
	if reduced.Rect.Size() == target {
		return p.orientation.apply(reduced)
	}
	scaled := image.NewRGBA(image.Rectangle{Max: target})
	draw.CatmullRom.Scale(scaled, scaled.Rect, reduced, reduced.Rect, draw.Src, nil)
	return p.orientation.apply(scaled)
}

// band is working memory of average: some rows of the source as RGBA, and sums.
type band struct {
	pixels []uint8
	sums   []uint32
}

var bands = sync.Pool{New: func() any { return new(band) }}

// average reduces a picture about box times, each pixel the mean of the box of
// source pixels that it covers. Boxes differ by a pixel where the size is no
// multiple, so that no edge is cut off. Only one row of boxes is in memory as
// RGBA at a time.
func average(source image.Image, box int) *image.RGBA {
	bounds := source.Bounds()
	width, height := bounds.Dx(), bounds.Dy()
	out := image.NewRGBA(image.Rect(0, 0, max(1, width/box), max(1, height/box)))
	work := bands.Get().(*band)
	defer bands.Put(work)
	for y := range out.Rect.Dy() {
		top, bottom := share(y, out.Rect.Dy(), height), share(y+1, out.Rect.Dy(), height)
		rows := work.load(source, image.Rect(0, top, width, bottom).Add(bounds.Min))
		work.reduce(rows, out.Pix[y*out.Stride:][:4*out.Rect.Dx()])
	}
	return out
}

// share is where part i of n begins in a length.
func share(i, n, length int) int { return i * length / n }

// load converts some rows of the source to RGBA on white.
func (b *band) load(source image.Image, part image.Rectangle) *image.RGBA {
	size := 4 * part.Dx() * part.Dy()
	if cap(b.pixels) < size {
		b.pixels = make([]uint8, size)
	}
	rows := &image.RGBA{Pix: b.pixels[:size], Stride: 4 * part.Dx(), Rect: image.Rectangle{Max: part.Size()}}
	operator := draw.Src
	if o, ok := source.(interface{ Opaque() bool }); !ok || !opaqueModel(source.ColorModel()) || !o.Opaque() {
		draw.Draw(rows, rows.Rect, image.White, image.Point{}, draw.Src)
		operator = draw.Over
	}
	draw.Draw(rows, rows.Rect, source, part.Min, operator)
	return rows
}

// opaqueModel tells whether no colour of a model is transparent, so that the
// pixels need not be asked.
func opaqueModel(m color.Model) bool {
	return m == color.YCbCrModel || m == color.GrayModel || m == color.Gray16Model || m == color.CMYKModel
}

// reduce averages rows of pixels into one row of boxes.
func (b *band) reduce(rows *image.RGBA, out []uint8) {
	width, boxes := rows.Rect.Dx(), len(out)/4
	if cap(b.sums) < len(out) {
		b.sums = make([]uint32, len(out))
	}
	sums := b.sums[:len(out)]
	clear(sums)
	for y := range rows.Rect.Dy() {
		line := rows.Pix[y*rows.Stride:][:4*width]
		for i := range boxes {
			sum := sums[4*i:][:4]
			for part := line[4*share(i, boxes, width) : 4*share(i+1, boxes, width)]; len(part) >= 4; part = part[4:] {
				sum[0] += uint32(part[0])
				sum[1] += uint32(part[1])
				sum[2] += uint32(part[2])
				sum[3] += uint32(part[3])
			}
		}
	}
	for i := range boxes {
		n := uint32((share(i+1, boxes, width) - share(i, boxes, width)) * rows.Rect.Dy())
		for part := range 4 {
			out[4*i+part] = uint8((sums[4*i+part] + n/2) / n)
		}
	}
}

func encodeJPEG(w io.Writer, thumbnail *image.RGBA) error {
	return jpeg.Encode(w, thumbnail, &jpeg.Options{Quality: thumbnailQuality})
}
