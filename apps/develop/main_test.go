package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"capstan/worker"
	"go.uber.org/goleak"
)

const examples = "../../examples/photos"

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// task is what the worker would hand over for one photo.
func task(input, output, path string) worker.Task[Photo] {
	return worker.Task[Photo]{
		ID: path, Attempt: 1, Payload: Photo{Path: path},
		Setup: worker.Setup{Name: "develop", Input: input, Output: output, Log: slog.New(slog.DiscardHandler), Slots: 1},
	}
}

// handle develops a photo where there is neither catalog nor cache.
func handle(ctx context.Context, t worker.Task[Photo]) error { return new(developer).handle(ctx, t) }

// isPermanent tells whether the worker would try again.
func isPermanent(err error) bool {
	marker := reflect.TypeOf(worker.Permanent(errors.New("")))
	for ; err != nil; err = errors.Unwrap(err) {
		if reflect.TypeOf(err) == marker {
			return true
		}
	}
	return false
}

func place(t testing.TB, folder, path string, data []byte) {
	t.Helper()
	file := filepath.Join(folder, path)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// quadrants has a different colour in each corner: red, green, blue and white,
// read as text is.
func quadrants(width, height int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	corners := [2][2]color.NRGBA{
		{{R: 255, A: 255}, {G: 255, A: 255}},
		{{B: 255, A: 255}, {R: 255, G: 255, B: 255, A: 255}},
	}
	for y := range height {
		for x := range width {
			m.SetNRGBA(x, y, corners[2*y/height][2*x/width])
		}
	}
	return m
}

func jpegOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func pngOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// withOrientation puts an Exif block that holds nothing else into a JPEG.
func withOrientation(data []byte, value uint16) []byte {
	block := []byte("Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01")
	block = binary.BigEndian.AppendUint16(block, value)
	block = append(block, 0, 0, 0, 0, 0, 0)
	out := append([]byte{}, data[:2]...)
	out = append(out, 0xff, 0xe1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(block)+2))
	return append(append(out, block...), data[2:]...)
}
