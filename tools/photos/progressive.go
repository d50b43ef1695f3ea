package main

import (
	"bytes"
	"image"
	"math"
)

// encodeProgressive writes a picture as a progressive JPEG (ITU-T T.81, process
// 2: Huffman coding, spectral selection) with colour at half the resolution
// (4:2:0), which image/jpeg reads but cannot write. One scan holds the DC terms of
// all parts, then each part gets two scans of AC terms. Quality is 1 to 100.
func encodeProgressive(picture *image.NRGBA, quality int) []byte {
	e := progressive{
		width: picture.Rect.Dx(), height: picture.Rect.Dy(),
		tables: [2][64]int{scaled(luminance, quality), scaled(chrominance, quality)},
	}
	for part := range e.parts {
		e.parts[part] = e.transform(picture, part)
	}
	e.header()
	e.scanDC()
	for _, band := range [][2]int{{1, 5}, {6, 63}} {
		for part := range e.parts {
			e.scanAC(part, band[0], band[1])
		}
	}
	e.out.Write([]byte{0xff, 0xd9})
	return e.out.Bytes()
}

type progressive struct {
	width, height int
	tables        [2][64]int // quantisation: luminance, chrominance
	parts         [3]plane   // Y, Cb, Cr
	out           bytes.Buffer
	bits          uint32
	nBits         int
}

// plane is one part of a picture as blocks of quantised coefficients in zigzag
// order. It is filled up to whole units of 2 × 2 luminance blocks; only columns
// and rows of it show.
type plane struct {
	blocks        [][64]int
	stride        int
	columns, rows int
}

// table tells which of the two tables a part uses.
func table(part int) int { return min(part, 1) }

// coarseness is how many pixels, each way, share a sample of a part.
func coarseness(part int) int { return 1 + table(part) }

func ceilDivide(a, b int) int { return (a + b - 1) / b }

// transform cuts one part (0 Y, 1 Cb, 2 Cr) into blocks of 8 × 8, applies the
// forward DCT (T.81, A.3.3) and quantises.
func (e *progressive) transform(picture *image.NRGBA, part int) plane {
	side := coarseness(part)
	unit := 2 / side // blocks of a unit, each way
	p := plane{
		stride:  unit * ceilDivide(e.width, 16),
		columns: ceilDivide(ceilDivide(e.width, side), 8),
		rows:    ceilDivide(ceilDivide(e.height, side), 8),
	}
	p.blocks = make([][64]int, p.stride*unit*ceilDivide(e.height, 16))
	for i := range p.blocks {
		var samples [64]float64
		for k := range samples {
			x, y := i%p.stride*8+k%8, i/p.stride*8+k/8
			for inside := range side * side {
				px := min(x*side+inside%side, e.width-1)
				py := min(y*side+inside/side, e.height-1)
				samples[k] += sample(picture.Pix[picture.PixOffset(px, py):], part) / float64(side*side)
			}
		}
		dct(&samples)
		for z, at := range zigzag {
			p.blocks[i][z] = int(math.Round(samples[at] / float64(e.tables[table(part)][z])))
		}
	}
	return p
}

// sample converts a pixel as JFIF 1.02 says, centred on 0.
func sample(pixel []uint8, part int) float64 {
	r, g, b := float64(pixel[0]), float64(pixel[1]), float64(pixel[2])
	switch part {
	case 0:
		return .299*r + .587*g + .114*b - 128
	case 1:
		return -.168736*r - .331264*g + .5*b
	default:
		return .5*r - .418688*g - .081312*b
	}
}

var cosines = func() (c [8][8]float64) {
	for u := range 8 {
		for x := range 8 {
			c[u][x] = math.Cos(float64(2*x+1)*float64(u)*math.Pi/16) / 2
			if u == 0 {
				c[u][x] /= math.Sqrt2
			}
		}
	}
	return c
}()

// dct transforms a block in place, rows first and then columns.
func dct(block *[64]float64) {
	for _, axis := range [2][2]int{{8, 1}, {1, 8}} {
		for line := range 8 {
			var out [8]float64
			for u := range 8 {
				for x := range 8 {
					out[u] += cosines[u][x] * block[line*axis[0]+x*axis[1]]
				}
			}
			for u, v := range out {
				block[line*axis[0]+u*axis[1]] = v
			}
		}
	}
}

func (e *progressive) segment(marker byte, payload []byte) {
	e.out.Write([]byte{0xff, marker})
	e.out.Write(short(uint16(len(payload) + 2)))
	e.out.Write(payload)
}

func (e *progressive) header() {
	e.out.Write([]byte{0xff, 0xd8})
	for i, quant := range e.tables {
		payload := []byte{byte(i)}
		for _, q := range quant {
			payload = append(payload, byte(q))
		}
		e.segment(0xdb, payload)
	}
	frame := append([]byte{8}, append(short(uint16(e.height)), short(uint16(e.width))...)...)
	frame = append(frame, 3)
	for part := range e.parts {
		sampling := byte(2 / coarseness(part))
		frame = append(frame, byte(part+1), sampling<<4|sampling, byte(table(part)))
	}
	e.segment(0xc2, frame)
	for _, code := range []huffman{dcCode, acCode} {
		e.segment(0xc4, append(append([]byte{code.class}, code.counts[:]...), code.symbols...))
	}
}

func (e *progressive) scanDC() {
	e.segment(0xda, []byte{3, 1, 0, 2, 0, 3, 0, 0, 0, 0})
	var last [3]int
	chroma := e.parts[1]
	for i := range chroma.blocks {
		for part, p := range e.parts {
			unit := 2 / coarseness(part)
			first := i/chroma.stride*unit*p.stride + i%chroma.stride*unit
			for k := range unit * unit {
				value := p.blocks[first+k/unit*p.stride+k%unit][0]
				size, bits := magnitude(value - last[part])
				last[part] = value
				e.put(dcCode.codes[size])
				e.put(code{bits, size})
			}
		}
	}
	e.flush()
}

func (e *progressive) scanAC(part, first, last int) {
	e.segment(0xda, []byte{1, byte(part + 1), 0, byte(first), byte(last), 0})
	p := e.parts[part]
	for i := range p.columns * p.rows {
		block := &p.blocks[i/p.columns*p.stride+i%p.columns]
		run := 0
		for k := first; k <= last; k++ {
			if block[k] == 0 {
				run++
				continue
			}
			for ; run > 15; run -= 16 {
				e.put(acCode.codes[0xf0])
			}
			size, bits := magnitude(block[k])
			e.put(acCode.codes[run<<4|size])
			e.put(code{bits, size})
			run = 0
		}
		if run > 0 {
			e.put(acCode.codes[0]) // end of block
		}
	}
	e.flush()
}

// magnitude is the size category of a value and its extra bits (T.81, F.1.2.1).
func magnitude(v int) (size int, bits uint32) {
	a := v
	if v < 0 {
		a, v = -v, v-1
	}
	for ; a > 0; a >>= 1 {
		size++
	}
	return size, uint32(v) & (1<<size - 1)
}

// put appends a code, with a zero after each 0xff byte (T.81, F.1.2.3).
func (e *progressive) put(c code) {
	for i := c.length - 1; i >= 0; i-- {
		e.bits = e.bits<<1 | c.bits>>i&1
		if e.nBits++; e.nBits == 8 {
			e.out.WriteByte(byte(e.bits))
			if byte(e.bits) == 0xff {
				e.out.WriteByte(0)
			}
			e.nBits, e.bits = 0, 0
		}
	}
}

// flush fills the last byte of a scan with ones.
func (e *progressive) flush() {
	if e.nBits > 0 {
		rest := 8 - e.nBits
		e.put(code{1<<rest - 1, rest})
	}
}
