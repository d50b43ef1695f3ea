package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"image"
	"strconv"

	_ "image/jpeg" // formats that image.Decode knows
	_ "image/png"

	"capstan/worker"
	_ "golang.org/x/image/webp"
)

const (
	// maxPixels bounds what a header may claim.
	maxPixels = 50_000_000
	// defaultDecodeMiB bounds what decoding may take (see decodeBytes). It is enough
	// for 50 megapixels of 8-bit RGBA, and for 12 megapixels in any format.
	defaultDecodeMiB = 256
)

// picture is a decoded photo as it is stored: not turned upright yet.
type picture struct {
	image.Image
	format      string // jpeg, png or webp
	orientation orientation
}

// decodeBound is the setting decodeMiB in bytes: what a task of the spec may add to
// the memory of its pod.
func decodeBound(settings map[string]string) (int64, error) {
	given, ok := settings["decodeMiB"]
	if !ok {
		return defaultDecodeMiB << 20, nil
	}
	mebibytes, err := strconv.ParseInt(given, 10, 32)
	if err != nil || mebibytes < 1 {
		return 0, fmt.Errorf("settings.decodeMiB must be a whole number of 1 or more, got %q", given)
	}
	return mebibytes << 20, nil
}

// decode reads the header, refuses what is over the bounds, and only then
// decodes; bound is in bytes. Errors that lie in the file's content are
// [worker.Permanent].
func (s *source) decode(ctx context.Context, bound int64) (*picture, error) {
	format, err := s.inspect(ctx, bound)
	if err != nil {
		return nil, err
	}
	turn, err := s.orientation(ctx, format)
	if err != nil {
		return nil, err
	}
	in, err := s.rewound(ctx)
	if err != nil {
		return nil, err
	}
	decoded, _, err := image.Decode(bufio.NewReader(in))
	if err != nil {
		return nil, contentError(in, "corrupt "+format, err)
	}
	return &picture{Image: decoded, format: format, orientation: turn}, nil
}

// inspect finds the format and checks both bounds, from the header alone.
func (s *source) inspect(ctx context.Context, bound int64) (format string, err error) {
	in, err := s.rewound(ctx)
	if err != nil {
		return "", err
	}
	config, format, err := image.DecodeConfig(bufio.NewReader(in))
	if err == image.ErrFormat && in.failure == nil {
		return "", worker.Permanent(errors.New("unsupported format: not a JPEG, PNG or WebP file"))
	}
	if err != nil {
		return "", contentError(in, "corrupt header", err)
	}
	need, err := s.decodeBytes(ctx, format, config)
	if err != nil {
		return "", err
	}
	return format, checkBounds(config, need, bound)
}

// decodeBytes is what decoding this photo takes.
func (s *source) decodeBytes(ctx context.Context, format string, c image.Config) (int64, error) {
	in, err := s.rewound(ctx)
	if err != nil {
		return 0, err
	}
	need, err := decodeBytes(bufio.NewReader(in), format, c)
	if err != nil {
		return 0, contentError(in, "corrupt "+format, err)
	}
	return need, nil
}

// checkBounds refuses a picture that is too large to decode.
func checkBounds(c image.Config, need, bound int64) error {
	pixels := int64(c.Width) * int64(c.Height)
	switch {
	case pixels == 0:
		return worker.Permanent(fmt.Errorf("corrupt header: it says %d × %d pixels", c.Width, c.Height))
	case pixels > maxPixels:
		return worker.Permanent(fmt.Errorf(
			"too large: the header says %d × %d = %.1f megapixels, at most %d megapixels are decoded",
			c.Width, c.Height, float64(pixels)/1e6, maxPixels/1_000_000))
	case need > bound:
		return worker.Permanent(fmt.Errorf(
			"too large: decoding %d × %d pixels of this kind takes %d MiB, at most %d MiB are spent on one photo",
			c.Width, c.Height, (need+1<<20-1)>>20, bound>>20))
	}
	return nil
}

// contentError blames the content of a file, unless reading it is what failed.
func contentError(in *reader, what string, err error) error {
	if in.failure != nil {
		return fmt.Errorf("read photo: %w", in.failure)
	}
	return worker.Permanent(fmt.Errorf("%s: %w", what, err))
}
