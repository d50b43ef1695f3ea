package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// claimedPNG is a PNG header of any size and kind, without pixels.
func claimedPNG(width, height uint32, depth, colour byte) []byte {
	body := binary.BigEndian.AppendUint32([]byte("IHDR"), width)
	body = binary.BigEndian.AppendUint32(body, height)
	body = append(body, depth, colour, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	return binary.BigEndian.AppendUint32(append(out, body...), crc32.ChecksumIEEE(body))
}

func TestHandleFailsForGoodWithTheReason(t *testing.T) {
	input, outside := t.TempDir(), t.TempDir()
	whole := jpegOf(t, quadrants(64, 64))
	place(t, outside, "secret.jpg", whole)
	place(t, input, "empty.png", nil)
	place(t, input, "cut.jpg", whole[:len(whole)-40])
	place(t, input, "notes.txt", []byte("not a picture"))
	place(t, input, "film.gif", []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"))
	place(t, input, "wide.png", claimedPNG(8000, 7000, 8, 2))
	place(t, input, "deep.png", claimedPNG(7000, 7000, 16, 6))
	place(t, input, "folder/a.jpg", whole)
	if err := os.Symlink(filepath.Join(outside, "secret.jpg"), filepath.Join(input, "link.jpg")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(input, "pipe.jpg"), 0o644); err != nil {
		t.Fatal(err)
	}
	escape, err := filepath.Rel(input, filepath.Join(outside, "secret.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	for path, reason := range map[string]string{
		"empty.png":                          "empty file: 0 bytes",
		"cut.jpg":                            "corrupt jpeg: ",
		"notes.txt":                          "unsupported format: not a JPEG, PNG or WebP file",
		"film.gif":                           "unsupported format",
		"wide.png":                           "8000 × 7000 = 56.0 megapixels, at most 50 megapixels",
		"deep.png":                           "takes 374 MiB, at most 256 MiB",
		"missing.jpg":                        "no such file",
		strings.Repeat("x", 256):             "file name too long",
		"folder":                             "not a regular file",
		"pipe.jpg":                           "not a regular file",
		"link.jpg":                           "escapes",
		escape:                               "not a path inside the input folder",
		filepath.Join(outside, "secret.jpg"): "not a path inside the input folder",
		"":                                   "not a path inside the input folder",
	} {
		output := t.TempDir()
		err := handle(t.Context(), task(input, output, path))
		if err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%q: got %v, want %q", path, err, reason)
		}
		if !isPermanent(err) {
			t.Errorf("%q would be tried again: %v", path, err)
		}
		if files, _ := os.ReadDir(output); len(files) > 0 {
			t.Errorf("%q left %v", path, files)
		}
	}
}

func TestDecodeBoundIsASetting(t *testing.T) {
	input := t.TempDir()
	place(t, input, "a.png", pngOf(t, image.NewNRGBA(image.Rect(0, 0, 1000, 600)))) // 2.3 MiB
	for bound, reason := range map[string]string{
		"2":  "takes 3 MiB, at most 2 MiB",
		"0":  "settings.decodeMiB must be a whole number of 1 or more",
		"2M": "settings.decodeMiB must be a whole number of 1 or more",
		"3":  "",
	} {
		photo := task(input, t.TempDir(), "a.png")
		photo.Settings = map[string]string{"decodeMiB": bound}
		switch err := handle(t.Context(), photo); {
		case reason == "" && err != nil:
			t.Errorf("bound %s: %v", bound, err)
		case reason != "" && (!isPermanent(err) || !strings.Contains(err.Error(), reason)):
			t.Errorf("bound %s: got %v, want %q", bound, err, reason)
		}
	}
}

func TestHandleFollowsALinkThatStaysInside(t *testing.T) {
	input, output := t.TempDir(), t.TempDir()
	place(t, input, "real.jpg", jpegOf(t, quadrants(30, 20)))
	if err := os.Symlink("real.jpg", filepath.Join(input, "link.jpg")); err != nil {
		t.Fatal(err)
	}
	if err := handle(t.Context(), task(input, output, "link.jpg")); err != nil {
		t.Error(err)
	}
}

func TestHandleFailsWithoutFolders(t *testing.T) {
	if err := handle(t.Context(), task("", t.TempDir(), "a.jpg")); !isPermanent(err) {
		t.Errorf("got %v, want a permanent error", err)
	}
}

// expiring is a context that ends after it was asked a number of times.
type expiring struct {
	context.Context
	left int
}

func (e *expiring) Err() error {
	if e.left--; e.left < 0 {
		return context.Canceled
	}
	return nil
}

// However far a photo has got, the end of its context is no verdict on it, and
// nothing half done stays.
func TestHandleFailsForNowWhenItsContextEnds(t *testing.T) {
	input := t.TempDir()
	place(t, input, "a.png", pngOf(t, quadrants(530, 530)))
	cancelled := 0
	for asked := 0; ; asked++ {
		output := t.TempDir()
		err := handle(&expiring{t.Context(), asked}, task(input, output, "a.png"))
		if err == nil {
			break
		}
		cancelled++
		if !errors.Is(err, context.Canceled) || isPermanent(err) {
			t.Fatalf("ended after %d looks: got %v, want one that is tried again", asked, err)
		}
		if files, _ := os.ReadDir(output); len(files) > 0 {
			t.Fatalf("ended after %d looks: left %v", asked, files)
		}
	}
	if cancelled < 6 {
		t.Errorf("the context was only looked at %d times", cancelled)
	}
}

func TestDecodeFailsForNowWhenTheDiskFails(t *testing.T) {
	input := t.TempDir()
	place(t, input, "a.jpg", jpegOf(t, quadrants(64, 64)))
	photo, err := openSource(t.Context(), input, "a.jpg")
	if err != nil {
		t.Fatal(err)
	}
	photo.close()
	if _, err := photo.decode(t.Context(), defaultDecodeMiB<<20); err == nil || isPermanent(err) {
		t.Errorf("got %v, want an error that is tried again", err)
	}
	failing := &reader{ctx: t.Context(), r: errorReader{}}
	if _, err := failing.Read(make([]byte, 1)); !errors.Is(err, syscall.EIO) {
		t.Fatal(err)
	}
	if err := contentError(failing, "corrupt jpeg", errors.New("short")); isPermanent(err) || !errors.Is(err, syscall.EIO) {
		t.Errorf("got %v, want the disk's error", err)
	}
}

type errorReader struct{}

func (errorReader) Read([]byte) (int, error) { return 0, syscall.EIO }

func TestSaveFailsWithoutLeavingAnything(t *testing.T) {
	output := t.TempDir()
	if err := os.MkdirAll(filepath.Join(output, "a.jpg.thumb.jpg", "in the way"), 0o755); err != nil {
		t.Fatal(err)
	}
	out, err := openStore(output)
	if err != nil {
		t.Fatal(err)
	}
	defer out.close()
	if err := out.save("a.jpg", []byte("x"), metadata{}); err == nil || isPermanent(err) {
		t.Errorf("got %v, want an error that is tried again", err)
	}
	if files, _ := os.ReadDir(output); len(files) != 1 {
		t.Errorf("the output folder holds %v", files)
	}
}

func TestHandleFailsForGoodWhenTheOutputsNameIsTooLong(t *testing.T) {
	input, output := t.TempDir(), t.TempDir()
	const longest = 255 // bytes of a file name
	fits, tooLong := strings.Repeat("f", longest-len(thumbnailName(""))), strings.Repeat("l", longest)
	for _, name := range []string{fits, tooLong} {
		place(t, input, name, jpegOf(t, quadrants(64, 64)))
	}
	if err := handle(t.Context(), task(input, output, fits)); err != nil {
		t.Fatalf("the longest name that fits: %v", err)
	}
	err := handle(t.Context(), task(input, output, tooLong))
	if !isPermanent(err) || !strings.Contains(err.Error(), "too long for its outputs") {
		t.Errorf("got %v, want a permanent error that says why", err)
	}
	if files, _ := os.ReadDir(output); len(files) != 2 {
		t.Errorf("the output folder holds %v, want the other photo's two outputs", files)
	}
}

func FuzzDecode(f *testing.F) {
	whole := jpegOf(f, quadrants(40, 30))
	f.Add(whole[:len(whole)-60])
	f.Add(claimedPNG(20_000, 10_000, 8, 6))
	f.Add([]byte{})
	f.Add([]byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"))
	f.Add(withOrientation(whole, 6))
	f.Add(pngOf(f, quadrants(40, 30)))
	f.Add(bytes.Repeat([]byte{0xff, 0xd8}, 40))
	input := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		place(t, input, "a", data)
		photo, err := openSource(t.Context(), input, "a")
		if err != nil {
			if !isPermanent(err) {
				t.Errorf("the content is blamed on the disk: %v", err)
			}
			return
		}
		defer photo.close()
		decoded, err := photo.decode(t.Context(), defaultDecodeMiB<<20)
		if err != nil {
			if !isPermanent(err) {
				t.Errorf("the content is blamed on the disk: %v", err)
			}
			return
		}
		thumbnail := decoded.thumbnail()
		if size := thumbnail.Rect.Size(); size.X < 1 || size.Y < 1 || max(size.X, size.Y) > thumbnailSide {
			t.Errorf("a picture of %v gave a thumbnail of %v", decoded.Bounds(), size)
		}
	})
}
