package main

import "math"

// hash mixes a lattice point and a seed into 32 well-spread bits. The constants
// are those of the 64-bit finaliser of MurmurHash3 (public domain).
func hash(x, y int, seed uint64) uint32 {
	h := uint64(uint32(x))<<32 | uint64(uint32(y))
	h ^= seed * 0x9e3779b97f4a7c15
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	h ^= h >> 33
	return uint32(h)
}

// unit is hash as a number in [0, 1).
func unit(x, y int, seed uint64) float64 {
	return float64(hash(x, y, seed)) / (1 << 32)
}

// noise is value noise in [0, 1): random values on the lattice, joined by the
// quintic of Perlin's "Improving Noise" (2002).
func noise(x, y float64, seed uint64) float64 {
	fx, fy := math.Floor(x), math.Floor(y)
	ix, iy := int(fx), int(fy)
	tx, ty := quintic(x-fx), quintic(y-fy)
	top := mix(unit(ix, iy, seed), unit(ix+1, iy, seed), tx)
	bottom := mix(unit(ix, iy+1, seed), unit(ix+1, iy+1, seed), tx)
	return mix(top, bottom, ty)
}

// fractal adds octaves of noise, each of half the size and half the weight of
// the one before (fractional Brownian motion), scaled back to [0, 1).
func fractal(x, y float64, octaves int, seed uint64) float64 {
	sum, weight, total := 0.0, 1.0, 0.0
	for i := range octaves {
		sum += weight * noise(x, y, seed+uint64(i)*101)
		total += weight
		x, y, weight = x*2.03+17.1, y*2.03+9.7, weight/2
	}
	return sum / total
}

// ridged is fractal noise folded at its middle, which gives sharp crests.
func ridged(x float64, octaves int, seed uint64) float64 {
	sum, weight, total := 0.0, 1.0, 0.0
	for i := range octaves {
		fold := 1 - math.Abs(2*noise(x, 0.5, seed+uint64(i)*131)-1)
		sum += weight * fold
		total += weight
		x, weight = x*2.17+5.3, weight*0.47
	}
	return sum / total
}

func quintic(t float64) float64 { return t * t * t * (t*(t*6-15) + 10) }

func mix(a, b, t float64) float64 { return a + (b-a)*t }

func clamp(x float64) float64 { return math.Min(1, math.Max(0, x)) }

// step rises smoothly from 0 at edge0 to 1 at edge1.
func step(edge0, edge1, x float64) float64 {
	t := clamp((x - edge0) / (edge1 - edge0))
	return t * t * (3 - 2*t)
}
