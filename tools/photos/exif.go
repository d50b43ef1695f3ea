package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
)

// Tags of the Exif 2.32 standard (CIPA DC-008), types of TIFF 6.0.
const (
	tagMake        = 0x010f
	tagOrientation = 0x0112
	tagGPS         = 0x8825
	tagLatRef      = 1
	tagLat         = 2
	tagLonRef      = 3
	tagLon         = 4

	typeASCII    = 2
	typeShort    = 3
	typeLong     = 4
	typeRational = 5
)

// entry is one field of a TIFF directory; value is in big-endian order.
type entry struct {
	tag, kind uint16
	count     uint32
	value     []byte
}

// exifBlock is a TIFF structure that names a camera, an orientation (1 to 8)
// and a place: what a phone writes and what must not leave the house.
func exifBlock(orientation uint16) []byte {
	const header, fields = 8, 3
	camera := []byte("Capstan Test Camera\x00")
	gpsAt := uint32(header + 2 + 12*fields + 4 + len(camera))
	main := directory(header, []entry{
		{tagMake, typeASCII, uint32(len(camera)), camera},
		{tagOrientation, typeShort, 1, short(orientation)},
		{tagGPS, typeLong, 1, long(gpsAt)},
	})
	gps := directory(gpsAt, []entry{
		{tagLatRef, typeASCII, 2, []byte("N\x00")},
		{tagLat, typeRational, 3, rationals(60, 23, 41)},
		{tagLonRef, typeASCII, 2, []byte("E\x00")},
		{tagLon, typeRational, 3, rationals(5, 19, 27)},
	})
	block := append([]byte("MM\x00\x2a"), long(header)...)
	return append(append(block, main...), gps...)
}

// directory lays out a TIFF directory that begins at the given offset; values
// over four bytes follow it.
func directory(at uint32, entries []entry) []byte {
	var fields, values bytes.Buffer
	fields.Write(short(uint16(len(entries))))
	valuesAt := at + 2 + 12*uint32(len(entries)) + 4
	for _, e := range entries {
		fields.Write(short(e.tag))
		fields.Write(short(e.kind))
		fields.Write(long(e.count))
		if len(e.value) <= 4 {
			fields.Write(append(e.value, make([]byte, 4-len(e.value))...))
			continue
		}
		fields.Write(long(valuesAt + uint32(values.Len())))
		values.Write(e.value)
	}
	fields.Write(long(0))
	return append(fields.Bytes(), values.Bytes()...)
}

func short(v uint16) []byte { return binary.BigEndian.AppendUint16(nil, v) }
func long(v uint32) []byte  { return binary.BigEndian.AppendUint32(nil, v) }

func rationals(values ...uint32) []byte {
	var out []byte
	for _, v := range values {
		out = append(append(out, long(v)...), long(1)...)
	}
	return out
}

// jpegWithExif puts an Exif block behind the first marker of a JPEG.
func jpegWithExif(jpeg, exif []byte) []byte {
	payload := append([]byte("Exif\x00\x00"), exif...)
	out := append([]byte{}, jpeg[:2]...)
	out = append(out, 0xff, 0xe1)
	out = append(out, short(uint16(len(payload)+2))...)
	return append(append(out, payload...), jpeg[2:]...)
}

// turned stores an upright picture the way a camera held at the given Exif
// orientation does, so that undoing the orientation gives the picture back.
func turned(upright *image.NRGBA, orientation uint16) (*image.NRGBA, error) {
	w, h := upright.Rect.Dx(), upright.Rect.Dy()
	var from func(x, y int) (int, int)
	switch orientation {
	case 1:
		return upright, nil
	case 3: // upside down
		from = func(x, y int) (int, int) { return w - 1 - x, h - 1 - y }
	case 6: // needs a quarter turn clockwise
		from = func(x, y int) (int, int) { return w - 1 - y, x }
	case 8: // needs a quarter turn anticlockwise
		from = func(x, y int) (int, int) { return y, h - 1 - x }
	default:
		return nil, fmt.Errorf("orientation must be 1, 3, 6 or 8, got %d", orientation)
	}
	size := image.Rect(0, 0, w, h)
	if orientation != 3 {
		size = image.Rect(0, 0, h, w)
	}
	stored := image.NewNRGBA(size)
	for y := range size.Dy() {
		for x := range size.Dx() {
			sx, sy := from(x, y)
			stored.SetNRGBA(x, y, upright.NRGBAAt(sx, sy))
		}
	}
	return stored, nil
}
