// Command photos draws the example photos: two dozen landscapes of up to 12
// megapixels in the formats and orientations that cameras and browsers write,
// and three broken files. The same Go version and processor architecture give
// the same bytes.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"

	"github.com/HugoSmits86/nativewebp"
)

func main() {
	out := flag.String("out", "../../examples/photos", "folder to write to")
	flag.Parse()
	if err := writeAll(*out); err != nil {
		fmt.Fprintln(os.Stderr, "photos:", err)
		os.Exit(1)
	}
}

func writeAll(folder string) error {
	total := 0
	var sample []byte
	for _, p := range catalogue {
		data, err := encode(p)
		if err != nil {
			return fmt.Errorf("encode %q: %w", p.path, err)
		}
		if p.path == damaged {
			sample = data
		}
		if err := write(folder, p.path, data); err != nil {
			return err
		}
		total += len(data)
	}
	if sample == nil {
		return errors.New("no photo called " + damaged + " to damage")
	}
	for path, data := range broken(sample) {
		if err := write(folder, path, data); err != nil {
			return err
		}
		total += len(data)
	}
	fmt.Printf("%d bytes in all\n", total)
	return nil
}

func write(folder, path string, data []byte) error {
	file := filepath.Join(folder, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	fmt.Printf("%9d  %s\n", len(data), path)
	return os.WriteFile(file, data, 0o644)
}

// encode draws one photo and stores it in its format.
func encode(p photo) ([]byte, error) {
	picture := draw(p.palette, p.seed, p.width, p.height, p.grain)
	if p.orientation > 1 {
		stored, err := turned(picture, p.orientation)
		if err != nil {
			return nil, err
		}
		picture = stored
	}
	var out bytes.Buffer
	switch p.format {
	case portable:
		encoder := png.Encoder{CompressionLevel: png.BestCompression}
		err := encoder.Encode(&out, picture)
		return out.Bytes(), err
	case lossless:
		err := nativewebp.Encode(&out, picture, nil)
		return out.Bytes(), err
	case progressiveJPEG:
		out.Write(encodeProgressive(picture, p.quality))
	case baseline:
		if err := jpeg.Encode(&out, picture, &jpeg.Options{Quality: p.quality}); err != nil {
			return nil, err
		}
	}
	if p.orientation == 0 {
		return out.Bytes(), nil
	}
	return jpegWithExif(out.Bytes(), exifBlock(p.orientation)), nil
}
