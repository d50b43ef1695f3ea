package main

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestAverageKeepsTheMeanForAnySizeAndBox(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		box := 1 + random.IntN(9)
		m := image.NewRGBA(image.Rect(0, 0, box*(1+random.IntN(40)), box*(1+random.IntN(40))))
		for i := range m.Pix {
			m.Pix[i] = uint8(random.IntN(256)) | uint8(i%4/3*255) // opaque
		}
		got := average(m, box)
		if want := image.Pt(m.Rect.Dx()/box, m.Rect.Dy()/box); got.Rect.Size() != want {
			t.Fatalf("%v by %d gave %v, want %v", m.Rect, box, got.Rect, want)
		}
		for part := range 3 {
			if a, b := mean(m, part), mean(got, part); a-b > 1 || b-a > 1 {
				t.Errorf("%v by %d: the mean of part %d went from %.2f to %.2f", m.Rect, box, part, a, b)
			}
		}
	}
}

func mean(m *image.RGBA, part int) float64 {
	sum := 0.0
	for i := part; i < len(m.Pix); i += 4 {
		sum += float64(m.Pix[i])
	}
	return sum / float64(len(m.Pix)/4)
}

func TestThumbnailKeepsAPlainColourOfEveryKind(t *testing.T) {
	bounds := image.Rect(7, 5, 787, 1046) // not at the origin, no multiple of the box
	for _, m := range []draw.Image{
		image.NewRGBA(bounds), image.NewNRGBA(bounds), image.NewNRGBA64(bounds), image.NewGray(bounds),
		image.NewCMYK(bounds), image.NewPaletted(bounds, color.Palette{color.Gray{90}}),
	} {
		draw.Draw(m, bounds, image.NewUniform(color.Gray{90}), image.Point{}, draw.Src)
		thumbnail := (&picture{Image: m, orientation: upright}).thumbnail()
		if want := image.Rect(0, 0, 384, 512); thumbnail.Rect != want {
			t.Errorf("%T: got %v, want %v", m, thumbnail.Rect, want)
		}
		if got := averageColor(thumbnail); got != "#5a5a5a" {
			t.Errorf("%T: 90 grey became %s", m, got)
		}
	}
}

func TestThumbnailShowsTransparencyAsWhite(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 40, 30))
	if got := averageColor((&picture{Image: m, orientation: upright}).thumbnail()); got != "#ffffff" {
		t.Errorf("nothing became %s", got)
	}
	draw.Draw(m, m.Rect, image.NewUniform(color.NRGBA{R: 255, A: 128}), image.Point{}, draw.Src)
	if got := averageColor((&picture{Image: m, orientation: upright}).thumbnail()); got != "#ff7f7f" {
		t.Errorf("half a red became %s", got)
	}
}

func TestThumbnailOfAThinPictureHasAPixelEachWay(t *testing.T) {
	for _, bounds := range []image.Rectangle{image.Rect(0, 0, 5000, 1), image.Rect(0, 0, 1, 5000)} {
		size := (&picture{Image: image.NewGray(bounds), orientation: upright}).thumbnail().Rect.Size()
		if max(size.X, size.Y) != 512 || min(size.X, size.Y) != 1 {
			t.Errorf("%v became %v", bounds, size)
		}
	}
}

// What decodeBytes promises is what decoding really allocates, for each kind of
// photo at hand, within a tenth and what the decoder itself needs.
func TestDecodeBytesBoundsWhatDecodingAllocates(t *testing.T) {
	const decoder = 1 << 20
	if largestExample < math.MaxInt64 {
		t.Skip("skipped: it needs whole photos, which npm test develops without the race detector")
	}
	for _, path := range []string{
		"lake at dawn.jpg", "progressive dusk.jpg", "2026/été/progressive haze.jpg", "graphics/dawn.png", "web/ridge.webp",
	} {
		file, err := os.Open(filepath.Join(examples, path))
		if err != nil {
			t.Fatal(err)
		}
		config, format, err := image.DecodeConfig(file)
		if err != nil {
			t.Fatal(err)
		}
		file.Close()
		promised := promise(t, path, format, config)
		allocated := allocates(func() {
			photo, err := openSource(t.Context(), examples, path)
			if err != nil {
				t.Fatal(err)
			}
			defer photo.close()
			if _, err := photo.decode(t.Context(), defaultDecodeMiB<<20); err != nil {
				t.Fatal(err)
			}
		})
		if high := promised + promised/10 + decoder; allocated > high || allocated < promised*8/10 {
			t.Errorf("%s: decoding allocates %d kB, promised were %d kB", path, allocated>>10, promised>>10)
		}
	}
}

func promise(t *testing.T, path, format string, config image.Config) int64 {
	t.Helper()
	photo, err := openSource(t.Context(), examples, path)
	if err != nil {
		t.Fatal(err)
	}
	defer photo.close()
	need, err := photo.decodeBytes(t.Context(), format, config)
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", path, err))
	}
	return need
}

func allocates(work func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	work()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}
