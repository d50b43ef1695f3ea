package main

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"
)

const committed = "../../examples/photos"

func TestCommittedPhotosStayWithinTheirBudget(t *testing.T) {
	files, total := 0, int64(0)
	err := filepath.WalkDir(committed, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		files, total = files+1, total+info.Size()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := len(catalogue) + len(broken([]byte("abc"))); files != want {
		t.Errorf("%d files are committed, the catalogue names %d", files, want)
	}
	if total > 15_000_000 {
		t.Errorf("the photos take %d bytes, at most 15 MB are allowed", total)
	}
	for _, p := range catalogue {
		if p.width*p.height > 12_000_000 {
			t.Errorf("%s has more than 12 megapixels", p.path)
		}
	}
}

func TestDrawingTwiceGivesTheCommittedPicture(t *testing.T) {
	file, err := os.Open(filepath.Join(committed, "tiny.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	stored, err := jpeg.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range catalogue {
		if p.path != "tiny.jpg" {
			continue
		}
		first := draw(p.palette, p.seed, p.width, p.height, p.grain)
		second := draw(p.palette, p.seed, p.width, p.height, p.grain)
		if !bytes.Equal(first.Pix, second.Pix) {
			t.Error("the same arguments drew two different pictures")
		}
		if got := difference(first, stored); got > 6 {
			t.Errorf("tiny.jpg is %.1f steps away from what the catalogue draws; run the command again", got)
		}
		other := draw(p.palette, p.seed+1, p.width, p.height, p.grain)
		if got := difference(other, stored); got <= 6 {
			t.Errorf("another seed is only %.1f steps away: the comparison finds nothing", got)
		}
	}
}

// difference is the root mean square difference of two pictures of the same
// size, in steps of 255, over all parts.
func difference(a, b image.Image) float64 {
	sum, n := 0.0, 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			p := color.NRGBAModel.Convert(a.At(x, y)).(color.NRGBA)
			q := color.NRGBAModel.Convert(b.At(x, y)).(color.NRGBA)
			for _, d := range []float64{
				float64(p.R) - float64(q.R), float64(p.G) - float64(q.G), float64(p.B) - float64(q.B),
			} {
				sum, n = sum+d*d, n+1
			}
		}
	}
	return math.Sqrt(sum / float64(n))
}

func TestProgressiveJPEGDecodesToThePicture(t *testing.T) {
	picture := draw("dusk", 5, 203, 101, 0) // no multiple of the block size
	data := encodeProgressive(picture, 90)
	if !bytes.Contains(data, []byte{0xff, 0xc2}) || bytes.Contains(data, []byte{0xff, 0xc0}) {
		t.Error("the file is not marked as progressive")
	}
	decoded, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if decoded.Bounds() != picture.Rect {
		t.Fatalf("decoded size is %v, want %v", decoded.Bounds(), picture.Rect)
	}
	if got := difference(picture, decoded); got > 6 {
		t.Errorf("the decoded picture is %.1f steps away", got)
	}
}

// The corners of an upright picture have to be where Exif says that row 0 and
// column 0 of the stored one are seen.
func TestTurnedStoresCornersWhereExifSaysTheyAre(t *testing.T) {
	upright := image.NewNRGBA(image.Rect(0, 0, 3, 2))
	topLeft, topRight := color.NRGBA{1, 0, 0, 255}, color.NRGBA{2, 0, 0, 255}
	bottomLeft, bottomRight := color.NRGBA{3, 0, 0, 255}, color.NRGBA{4, 0, 0, 255}
	upright.SetNRGBA(0, 0, topLeft)
	upright.SetNRGBA(2, 0, topRight)
	upright.SetNRGBA(0, 1, bottomLeft)
	upright.SetNRGBA(2, 1, bottomRight)
	for orientation, firstStored := range map[uint16]color.NRGBA{
		1: topLeft, 3: bottomRight, 6: topRight, 8: bottomLeft,
	} {
		stored, err := turned(upright, orientation)
		if err != nil {
			t.Fatal(err)
		}
		if got := stored.NRGBAAt(0, 0); got != firstStored {
			t.Errorf("orientation %d stores %v first, want %v", orientation, got, firstStored)
		}
	}
}

func TestTurnedFailsForAMirroredOrientation(t *testing.T) {
	if _, err := turned(image.NewNRGBA(image.Rect(0, 0, 1, 1)), 2); err == nil {
		t.Error("orientation 2 was accepted")
	}
}

func TestBrokenFilesAreBrokenInTheirOwnWay(t *testing.T) {
	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, draw("noon", 1, 200, 150, 4), nil); err != nil {
		t.Fatal(err)
	}
	files := broken(picture.Bytes())
	if _, err := jpeg.Decode(bytes.NewReader(files["broken/card error.jpg"])); err == nil {
		t.Error("the file with a card error decodes")
	}
	if len(files["broken/empty.jpg"]) != 0 {
		t.Error("the empty file is not empty")
	}
	header, format, err := image.DecodeConfig(bytes.NewReader(files["broken/200 megapixels.png"]))
	if err != nil || format != "png" || header.Width*header.Height != 200_000_000 {
		t.Errorf("the header says %v (%s, %v), want 200 megapixels of PNG", header, format, err)
	}
}
