package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"image"

	_ "image/jpeg" // formats that image.Decode knows
	_ "image/png"

	"capstan/worker"
	_ "golang.org/x/image/webp"
)

const (
	// maxPixels bounds what a header may claim.
	maxPixels = 50_000_000
	// maxDecodeBytes bounds what decoding may take (see decodeBytes). It is enough
	// for 50 megapixels of 8-bit RGBA, and for 12 megapixels in any format.
	maxDecodeBytes = 256 << 20
)

// picture is a decoded photo as it is stored: not turned upright yet.
type picture struct {
	image.Image
	format      string // jpeg, png or webp
	orientation orientation
}

// decode reads the header, refuses what is over the bounds, and only then
// decodes. Errors that lie in the file's content are [worker.Permanent].
func (s *source) decode(ctx context.Context) (*picture, error) {
	format, err := s.inspect(ctx)
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
func (s *source) inspect(ctx context.Context) (format string, err error) {
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
	return format, checkBounds(config, need)
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
func checkBounds(c image.Config, need int64) error {
	pixels := int64(c.Width) * int64(c.Height)
	switch {
	case pixels == 0:
		return worker.Permanent(fmt.Errorf("corrupt header: it says %d × %d pixels", c.Width, c.Height))
	case pixels > maxPixels:
		return worker.Permanent(fmt.Errorf(
			"too large: the header says %d × %d = %.1f megapixels, at most %d megapixels are decoded",
			c.Width, c.Height, float64(pixels)/1e6, maxPixels/1_000_000))
	case need > maxDecodeBytes:
		return worker.Permanent(fmt.Errorf(
			"too large: decoding %d × %d pixels of this kind takes %d MiB, at most %d MiB are spent on one photo",
			c.Width, c.Height, need>>20, maxDecodeBytes>>20))
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
