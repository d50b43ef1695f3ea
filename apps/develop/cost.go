package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"io"
)

// decodeBytes is what decoding a picture allocates, in bytes, read from the
// headers at the start of r. For 12 megapixels:
//
//	JPEG 4:2:0, baseline       18 MB   the planes Y, Cb and Cr
//	JPEG 4:2:0, progressive    90 MB   and every coefficient in 32 bits until the last scan
//	JPEG 4:4:4, progressive   180 MB   the same for three full planes
//	PNG, 8 bits, any colour    48 MB   one buffer of RGBA
//	PNG, interlaced            72 MB   and the pass at hand, half of the picture at most
//	PNG, 16 bits               96 MB
//	WebP, lossy                18 MB   as JPEG; 96 MB where it has alpha, which is stored lossless
//	WebP, lossless             48 MB   one buffer of NRGBA, transformed in place
func decodeBytes(r *bufio.Reader, format string, c image.Config) (int64, error) {
	pixels := int64(c.Width) * int64(c.Height)
	switch format {
	case "jpeg":
		frame, err := readJPEGFrame(r)
		if err != nil {
			return 0, err
		}
		return int64(float64(pixels) * frame.bytesPerPixel()), nil
	case "png":
		header, err := r.Peek(29)
		if err != nil {
			return 0, err
		}
		need := pixels * pngBytesPerPixel(c.ColorModel)
		if interlaced := header[28] == 1; interlaced {
			need += need / 2
		}
		return need, nil
	default:
		if c.ColorModel == color.NYCbCrAModel {
			return pixels * 8, nil
		}
		if c.ColorModel == color.YCbCrModel {
			return pixels * 3 / 2, nil
		}
		return pixels * 4, nil
	}
}

func pngBytesPerPixel(model color.Model) int64 {
	switch model {
	case color.GrayModel:
		return 1
	case color.Gray16Model:
		return 2
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	}
	if _, ok := model.(color.Palette); ok {
		return 1
	}
	return 4
}

// jpegFrame is what a frame header (ITU-T T.81, B.2.2) says about memory.
type jpegFrame struct {
	progressive bool
	components  int
	samples     float64 // per pixel, over all components
}

func (f jpegFrame) bytesPerPixel() float64 {
	perPixel := f.samples
	if f.progressive {
		perPixel += 4 * f.samples
	}
	if f.components == 4 {
		perPixel += 4 // CMYK is put together in a buffer of its own
	}
	return perPixel
}

var errNoFrame = errors.New("no frame header that can be decoded")

// readJPEGFrame walks the segments up to the frame header.
func readJPEGFrame(r *bufio.Reader) (jpegFrame, error) {
	if _, err := r.Discard(2); err != nil { // start of image
		return jpegFrame{}, err
	}
	for {
		marker, err := nextMarker(r)
		if err != nil {
			return jpegFrame{}, err
		}
		if standalone := marker == 0x01 || marker >= 0xd0 && marker <= 0xd7; standalone {
			continue
		}
		var size [2]byte
		if _, err := io.ReadFull(r, size[:]); err != nil {
			return jpegFrame{}, err
		}
		length := int(binary.BigEndian.Uint16(size[:])) - 2
		if length < 0 {
			return jpegFrame{}, errNoFrame
		}
		if marker >= 0xc0 && marker <= 0xc2 {
			segment := make([]byte, length)
			if _, err := io.ReadFull(r, segment); err != nil {
				return jpegFrame{}, err
			}
			return parseFrame(segment, marker == 0xc2)
		}
		if _, err := r.Discard(length); err != nil {
			return jpegFrame{}, err
		}
	}
}

// nextMarker skips to the byte behind the next 0xff that is neither fill nor
// stuffing, as image/jpeg does.
func nextMarker(r *bufio.Reader) (byte, error) {
	previous := byte(0)
	for {
		b, err := r.ReadByte()
		if err != nil {
			return 0, err
		}
		if previous == 0xff && b != 0xff && b != 0 {
			return b, nil
		}
		previous = b
	}
}

func parseFrame(segment []byte, progressive bool) (jpegFrame, error) {
	const fixed = 6 // precision, height, width, number of components
	if len(segment) < fixed {
		return jpegFrame{}, errNoFrame
	}
	frame := jpegFrame{progressive: progressive, components: int(segment[5])}
	if frame.components == 0 || len(segment) < fixed+3*frame.components {
		return jpegFrame{}, errNoFrame
	}
	sum, widest, highest := 0, 1, 1
	for i := range frame.components {
		sampling := segment[fixed+3*i+1]
		h, v := int(sampling>>4), int(sampling&15)
		sum, widest, highest = sum+h*v, max(widest, h), max(highest, v)
	}
	frame.samples = float64(sum) / float64(widest*highest)
	return frame, nil
}
