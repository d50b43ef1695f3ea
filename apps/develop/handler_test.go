package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/jpeg"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"capstan/worker"
)

// reasons are why the broken example photos cannot be developed.
var reasons = map[string]string{
	"broken/card error.jpg":     "corrupt jpeg: ",
	"broken/empty.jpg":          "empty file: 0 bytes",
	"broken/200 megapixels.png": "20000 × 10000 = 200.0 megapixels, at most 50 megapixels",
}

// largestExample is the size in bytes over which example photos are left out.
var largestExample int64 = math.MaxInt64

func examplePaths(t testing.TB) []string {
	t.Helper()
	var paths []string
	err := fs.WalkDir(os.DirFS(examples), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Size() <= largestExample {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

func TestHandleDevelopsEveryExamplePhoto(t *testing.T) {
	output := t.TempDir()
	developed := 0
	for _, path := range examplePaths(t) {
		err := handle(t.Context(), task(examples, output, path))
		if reason, ok := reasons[path]; ok {
			if err == nil || !strings.Contains(err.Error(), reason) || !isPermanent(err) {
				t.Errorf("%s: got %v, want a permanent error with %q", path, err, reason)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		developed++
		checkOutputs(t, output, path)
	}
	if developed < 5 || developed < 20 && largestExample == math.MaxInt64 {
		t.Errorf("only %d photos were developed", developed)
	}
	for path := range reasons {
		if _, err := os.Stat(filepath.Join(output, path+".json")); err == nil {
			t.Errorf("%s failed and has metadata", path)
		}
	}
}

func readMetadata(t *testing.T, output, path string) metadata {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(output, path+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var m metadata
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// checkOutputs compares metadata, thumbnail and photo with one another.
func checkOutputs(t *testing.T, output, path string) {
	t.Helper()
	m := readMetadata(t, output, path)
	thumbnail, err := os.ReadFile(filepath.Join(output, filepath.Dir(path), m.Thumbnail.File))
	if err != nil {
		t.Fatal(err)
	}
	size, err := jpeg.DecodeConfig(bytes.NewReader(thumbnail))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if size.Width != m.Thumbnail.Width || size.Height != m.Thumbnail.Height || len(thumbnail) != m.Thumbnail.Bytes {
		t.Errorf("%s: the thumbnail is %d × %d in %d bytes, metadata says %+v",
			path, size.Width, size.Height, len(thumbnail), m.Thumbnail)
	}
	if longer := max(size.Width, size.Height); longer != min(512, max(m.Width, m.Height)) {
		t.Errorf("%s: the longer side of the thumbnail is %d", path, longer)
	}
	wanted, got := float64(m.Width)/float64(m.Height), float64(size.Width)/float64(size.Height)
	if math.Abs(wanted/got-1) > .01 {
		t.Errorf("%s: the shape changed from %.3f to %.3f", path, wanted, got)
	}
	for _, private := range []string{"Exif", "Capstan Test Camera", "http://ns.adobe.com", "GPS"} {
		if bytes.Contains(thumbnail, []byte(private)) {
			t.Errorf("%s: the thumbnail holds %q", path, private)
		}
	}
}

func TestExamplePhotosHoldWhatThumbnailsMustNot(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(examples, "portrait 6.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(data, []byte("Exif")) || !bytes.Contains(data, []byte("Capstan Test Camera")) {
		t.Error("portrait 6.jpg names no camera: the check of the thumbnails would find nothing")
	}
}

func TestHandleLeavesAFinishedPhotoAlone(t *testing.T) {
	input, output := t.TempDir(), t.TempDir()
	place(t, input, "a.jpg", jpegOf(t, quadrants(60, 40)))
	a := task(input, output, "a.jpg")
	for attempt, want := range []error{nil, worker.ErrAlreadyDone} {
		if err := handle(t.Context(), a); !errors.Is(err, want) {
			t.Fatalf("time %d: got %v, want %v", attempt+1, err, want)
		}
	}
	again := map[string]func(){
		"other content":         func() { place(t, input, "a.jpg", jpegOf(t, quadrants(80, 40))) },
		"thumbnail gone":        func() { os.Remove(filepath.Join(output, "a.jpg.thumb.jpg")) },
		"thumbnail cut off":     func() { os.Truncate(filepath.Join(output, "a.jpg.thumb.jpg"), 10) },
		"metadata gone":         func() { os.Remove(filepath.Join(output, "a.jpg.json")) },
		"metadata not readable": func() { place(t, output, "a.jpg.json", []byte("{")) },
	}
	for name, change := range again {
		change()
		if err := handle(t.Context(), a); err != nil {
			t.Errorf("%s: got %v, want the photo developed again", name, err)
		}
		if err := handle(t.Context(), a); !errors.Is(err, worker.ErrAlreadyDone) {
			t.Errorf("%s, then once more: got %v, want ErrAlreadyDone", name, err)
		}
	}
}

func TestHandleTurnsEveryOrientationUpright(t *testing.T) {
	// Where the stored corners (top left, top right, bottom left, bottom right)
	// are seen, for each value of the tag (CIPA DC-008, table "Orientation").
	seen := map[uint16]string{1: "RGBW", 2: "GRWB", 3: "WBGR", 4: "BWRG", 5: "RBGW", 6: "BRWG", 7: "WGBR", 8: "GWRB"}
	for value, want := range seen {
		input, output := t.TempDir(), t.TempDir()
		place(t, input, "a.jpg", withOrientation(jpegOf(t, quadrants(540, 360)), value))
		if err := handle(t.Context(), task(input, output, "a.jpg")); err != nil {
			t.Fatal(err)
		}
		m := readMetadata(t, output, "a.jpg")
		if lies := m.Height > m.Width; lies != (value >= 5) {
			t.Errorf("orientation %d: %d × %d", value, m.Width, m.Height)
		}
		if got := corners(t, filepath.Join(output, "a.jpg.thumb.jpg")); got != want {
			t.Errorf("orientation %d: corners are %s, want %s", value, got, want)
		}
	}
}

// corners reads the colours of quadrants back, as initials.
func corners(t *testing.T, file string) string {
	t.Helper()
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	m, err := jpeg.Decode(in)
	if err != nil {
		t.Fatal(err)
	}
	names := map[[3]bool]string{{true, false, false}: "R", {false, true, false}: "G", {false, false, true}: "B", {true, true, true}: "W"}
	right, bottom := m.Bounds().Dx()-9, m.Bounds().Dy()-9
	out := ""
	for _, p := range []image.Point{{8, 8}, {right, 8}, {8, bottom}, {right, bottom}} {
		r, g, b, _ := m.At(p.X, p.Y).RGBA()
		out += names[[3]bool{r > 0x8000, g > 0x8000, b > 0x8000}]
	}
	return out
}

func TestHandleGivesWholeOutputsWhenAttemptsOverlap(t *testing.T) {
	input, output := t.TempDir(), t.TempDir()
	place(t, input, "a.jpg", jpegOf(t, quadrants(700, 500)))
	var attempts sync.WaitGroup
	for range 8 {
		attempts.Go(func() {
			err := handle(context.Background(), task(input, output, "a.jpg"))
			if err != nil && !errors.Is(err, worker.ErrAlreadyDone) {
				t.Error(err)
			}
		})
	}
	attempts.Wait()
	checkOutputs(t, output, "a.jpg")
	files, err := os.ReadDir(output)
	if err != nil || len(files) != 2 {
		t.Errorf("the output folder holds %v (%v), want two files", files, err)
	}
}
