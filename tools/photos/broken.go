package main

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

// broken holds the files that no worker can develop, by path. Each has its own
// reason: a picture that breaks off, nothing at all, and a small file whose
// header asks for 800 MB of memory.
func broken(picture []byte) map[string][]byte {
	return map[string][]byte{
		"broken/card error.jpg":     cardError(picture),
		"broken/empty.jpg":          {},
		"broken/200 megapixels.png": hugeHeader(20_000, 10_000),
	}
}

// cardError is a JPEG as a failing memory card leaves it: the first third, then
// one sector of zeros, and no end.
func cardError(picture []byte) []byte {
	third := bytes.Clone(picture[:len(picture)/3])
	return append(third, make([]byte, 512)...)
}

// hugeHeader is a PNG that claims a size and holds a single byte of data.
func hugeHeader(width, height uint32) []byte {
	header := binary.BigEndian.AppendUint32(nil, width)
	header = binary.BigEndian.AppendUint32(header, height)
	header = append(header, 8, 6, 0, 0, 0) // 8 bits, red green blue alpha
	out := []byte("\x89PNG\r\n\x1a\n")
	out = append(out, chunk("IHDR", header)...)
	out = append(out, chunk("IDAT", []byte{0x78})...)
	return append(out, chunk("IEND", nil)...)
}

// chunk is a PNG chunk with its length and checksum.
func chunk(kind string, data []byte) []byte {
	body := append([]byte(kind), data...)
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(out, body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(body))
}
