package main

import (
	"image"
	"math"
	"runtime"
	"sync"
)

const hills = 6 // rows of hills, one behind the other

// scene is one landscape. All lengths are shares of the picture's height, so
// that the same scene can be drawn at any size.
type scene struct {
	palette
	seed   uint64
	aspect float64
	grain  float64     // strength of the sensor's noise, in sRGB steps of 255
	crests [][]float64 // top edge of each row of hills, a value per column
	shore  float64     // where the lake begins
}

// draw paints the landscape of the named palette. The seed moves clouds, hills
// and trees; the same arguments give the same picture.
func draw(name string, seed uint64, width, height int, grain float64) *image.NRGBA {
	s := newScene(palettes[name], seed, width, height, grain)
	picture := image.NewNRGBA(image.Rect(0, 0, width, height))
	var rows sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for first := range workers {
		rows.Go(func() {
			for y := first; y < height; y += workers {
				s.drawRow(picture, y)
			}
		})
	}
	rows.Wait()
	return picture
}

func newScene(p palette, seed uint64, width, height int, grain float64) *scene {
	s := &scene{
		palette: p, seed: seed, grain: grain,
		aspect: float64(width) / float64(height),
		shore:  1 - p.water,
	}
	for row := range hills {
		s.crests = append(s.crests, s.crest(row, width, height))
	}
	return s
}

// crest is the top edge of one row of hills: rows in front are lower, rounder
// and, from the middle of the stack on, wooded.
func (s *scene) crest(row, width, height int) []float64 {
	nearness := float64(row) / (hills - 1)
	seed := s.seed*31 + uint64(row)
	line := make([]float64, width)
	ground := s.shore
	if s.water == 0 {
		ground = 1
	}
	base := mix(.60, ground+.02, math.Pow(nearness, 1.3))
	for x := range line {
		u := float64(x) / float64(height)
		sharp := ridged(u*mix(1.7, 1.1, nearness), 7, seed)
		round := fractal(u*mix(2.5, 3.5, nearness), 2.5, 6, seed+7)
		lift := mix(sharp*.36, round*.17, math.Sqrt(nearness))
		line[x] = base - lift
		if nearness > .3 {
			line[x] -= s.trees * nearness * conifers(u, s.trees*nearness, seed+13)
		}
	}
	return line
}

// conifers is the outline of a row of spruces at u, 0 (ground) to 1 (tallest tip).
func conifers(u, height float64, seed uint64) float64 {
	if height == 0 {
		return 0
	}
	outline := 0.0
	for stand := range 3 {
		spacing := height * (.32 + .13*float64(stand))
		cell := int(math.Floor(u / spacing))
		for c := cell - 1; c <= cell+1; c++ {
			centre := (float64(c) + .2 + .6*unit(c, stand, seed)) * spacing
			tall := .45 + .55*unit(c, stand+10, seed)
			away := math.Abs(u-centre) / (height * .2 * tall)
			branch := .05 * math.Abs(math.Mod(away*6, 1)-.5)
			outline = math.Max(outline, tall*(1-away)-branch)
		}
	}
	return outline * step(.25, .5, fractal(u*5, 0, 3, seed+3))
}

func (s *scene) drawRow(picture *image.NRGBA, y int) {
	width, height := picture.Rect.Dx(), picture.Rect.Dy()
	v := (float64(y) + .5) / float64(height)
	line := picture.Pix[y*picture.Stride:]
	for x := range width {
		u := (float64(x) + .5) / float64(height)
		colour := s.at(u, v)
		noise := (unit(x, y, s.seed+999) + unit(x, y, s.seed+998) - 1) * s.grain
		for i, part := range colour {
			line[4*x+i] = uint8(255*clamp(part+noise/255) + .5)
		}
		line[4*x+3] = 255
	}
}

// at is the colour of one point: land and sky, or the lake that mirrors them.
func (s *scene) at(u, v float64) rgb {
	if s.water == 0 || v < s.shore {
		return s.above(u, v)
	}
	depth := (v - s.shore) / s.water
	ripple := fractal(u*mix(26, 5, depth), v*mix(420, 70, depth), 4, s.seed+51) - .5
	mirrored := s.shore - (v-s.shore)*1.9 + ripple*mix(.012, .09, depth)
	colour := s.above(clamp((u+ripple*.03)/s.aspect)*s.aspect, math.Min(mirrored, s.shore-.001))
	colour = colour.scale(mix(.86, .6, depth)).add(s.zenith, .08+.06*depth)
	glint := step(.62, .8, ripple+.5) * math.Exp(-8*math.Abs(u/s.aspect-s.sunX))
	return colour.add(s.sun, .35*glint)
}

func (s *scene) above(u, v float64) rgb {
	column := min(int(u/s.aspect*float64(len(s.crests[0]))), len(s.crests[0])-1)
	for row := hills - 1; row >= 0; row-- {
		if top := s.crests[row][column]; v >= top {
			return s.hill(row, u, v, v-top)
		}
	}
	return s.sky(u, v)
}

// hill is a point of a row of hills, below its crest by depth. Rows at the back
// are paler (aerial perspective) and mist lies at their feet.
func (s *scene) hill(row int, u, v, depth float64) rgb {
	nearness := float64(row) / (hills - 1)
	seed := s.seed + uint64(row)*77
	relief := fractal(u*mix(14, 30, nearness)+depth*9, v*mix(26, 60, nearness), 6, seed)
	colour := s.far.mix(s.near, math.Pow(nearness, .8))
	colour = colour.scale(.72 + .56*relief)
	if s.snow > 0 && row < 2 {
		gully := fractal(u*40+depth*16, v*18-depth*30, 5, seed+9) - .5
		white := step(.05, -.03, depth-.085-.26*gully) * s.snow
		shade := .76 + .24*step(.38, .60, relief+.4*gully)
		colour = colour.mix(rgb{.93, .96, 1}.scale(shade), white)
	}
	mist := step(.02, .30, depth) * (1 - nearness) * (.45 + .3*fractal(u*3, v*8, 3, seed+5))
	return colour.mix(s.horizon, mist)
}

func (s *scene) sky(u, v float64) rgb {
	height := clamp(v / .62)
	colour := s.zenith.mix(s.middle, step(0, .75, height)).mix(s.horizon, step(.45, 1, height))
	colour = s.star(colour, u, v)
	away := math.Hypot(u-s.sunX*s.aspect, v-s.sunY)
	colour = colour.add(s.sun, .42*math.Exp(-away*away*14)+.25*math.Exp(-away*11))
	if s.sunSize > 0 {
		colour = colour.mix(s.sun.scale(1.05), step(s.sunSize*1.06, s.sunSize*.96, away))
	}
	return s.clouded(colour, u, v, away)
}

// clouded lays clouds over the sky: flatter towards the horizon, brighter at
// the rims that face the sun.
func (s *scene) clouded(sky rgb, u, v, sunAway float64) rgb {
	stretch := 2.2 / (.35 + (.72 - v))
	form := fractal(u*stretch*.9, v*stretch*3.1, 7, s.seed+21)
	body := step(.72-.42*s.cover, .86-.30*s.cover, form)
	shadow := fractal(u*stretch*.9+.05, v*stretch*3.1+.12, 5, s.seed+21)
	light := clamp(.62 + 1.5*(form-shadow) + .25*math.Exp(-3*sunAway))
	lit := s.middle.scale(.62).mix(s.cloud, light)
	return sky.mix(lit, body*.88)
}

func (s *scene) star(sky rgb, u, v float64) rgb {
	if s.stars == 0 {
		return sky
	}
	const cells = 110
	x, y := int(math.Floor(u*cells)), int(math.Floor(v*cells))
	if unit(x, y, s.seed+61) > .22*s.stars {
		return sky
	}
	cx, cy := float64(x)+.2+.6*unit(x, y, s.seed+62), float64(y)+.2+.6*unit(x, y, s.seed+63)
	size := .05 + .10*math.Pow(unit(x, y, s.seed+64), 4)
	away := math.Hypot(u*cells-cx, v*cells-cy) / size
	return sky.add(rgb{.92, .95, 1}, math.Exp(-away*away)*(1-clamp(v*1.5)))
}
