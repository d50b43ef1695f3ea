package main

// rgb is a colour, each part in [0, 1] of sRGB.
type rgb [3]float64

// hex turns 0xRRGGBB into a colour.
func hex(code uint32) rgb {
	return rgb{float64(code>>16&255) / 255, float64(code>>8&255) / 255, float64(code&255) / 255}
}

func (c rgb) mix(d rgb, t float64) rgb {
	return rgb{mix(c[0], d[0], t), mix(c[1], d[1], t), mix(c[2], d[2], t)}
}

func (c rgb) scale(f float64) rgb { return rgb{c[0] * f, c[1] * f, c[2] * f} }

func (c rgb) add(d rgb, t float64) rgb {
	return rgb{c[0] + d[0]*t, c[1] + d[1]*t, c[2] + d[2]*t}
}

// palette is the light of one time and place.
type palette struct {
	zenith, middle, horizon rgb     // the sky from top to bottom
	sun                     rgb     // colour of the disc and its glow
	sunX, sunY, sunSize     float64 // centre as a share of width and height; radius as a share of height
	cloud                   rgb     // lit side of a cloud
	cover                   float64 // share of the sky under cloud, 0 to 1
	far, near               rgb     // hills at the back and at the front
	snow                    float64 // 1: the crests at the back are white
	stars                   float64 // 1: as many as over a dark place
	trees                   float64 // height of the conifers as a share of the picture's height
	water                   float64 // share of the height that is lake, 0: none
}

var palettes = map[string]palette{
	"dawn": {
		zenith: hex(0x3f5f8f), middle: hex(0xd99a9e), horizon: hex(0xffd9a0), sun: hex(0xfff0c8),
		sunX: .62, sunY: .50, sunSize: .022, cloud: hex(0xf7b7a3), cover: .45,
		far: hex(0x9a86a4), near: hex(0x1d2433), trees: .035, water: .26,
	},
	"noon": {
		zenith: hex(0x2766b5), middle: hex(0x6ba8dd), horizon: hex(0xd5e9f5), sun: hex(0xffffff),
		sunX: .22, sunY: .10, sunSize: .018, cloud: hex(0xffffff), cover: .5,
		far: hex(0x87a3bd), near: hex(0x274a26), snow: 1, trees: .03, water: 0,
	},
	"dusk": {
		zenith: hex(0x2a2450), middle: hex(0xb0466b), horizon: hex(0xff9d4d), sun: hex(0xffc36b),
		sunX: .36, sunY: .55, sunSize: .03, cloud: hex(0xff8a5c), cover: .55,
		far: hex(0x7c4668), near: hex(0x140f1f), trees: .03, water: .3,
	},
	"night": {
		zenith: hex(0x070b1c), middle: hex(0x11224a), horizon: hex(0x2f4f7a), sun: hex(0xe8eefc),
		sunX: .74, sunY: .22, sunSize: .026, cloud: hex(0x35507c), cover: .3,
		far: hex(0x24395f), near: hex(0x04070f), stars: 1, trees: .05, water: .27,
	},
	"winter": {
		zenith: hex(0x6f9cc8), middle: hex(0xb4cfe4), horizon: hex(0xf3ece6), sun: hex(0xfff8ea),
		sunX: .8, sunY: .36, sunSize: .02, cloud: hex(0xffffff), cover: .35,
		far: hex(0xa9bed4), near: hex(0x2c4352), snow: 1, trees: .045, water: 0,
	},
	"autumn": {
		zenith: hex(0x587fa6), middle: hex(0xa9c3cf), horizon: hex(0xf6e3bd), sun: hex(0xfff3d0),
		sunX: .3, sunY: .3, sunSize: .02, cloud: hex(0xfff6e8), cover: .4,
		far: hex(0xa79a94), near: hex(0x7a3a14), trees: .028, water: .24,
	},
	"desert": {
		zenith: hex(0x3d79b8), middle: hex(0x9cc3dc), horizon: hex(0xf7e2c0), sun: hex(0xffffff),
		sunX: .7, sunY: .2, sunSize: .024, cloud: hex(0xffffff), cover: .12,
		far: hex(0xcf9f86), near: hex(0x8c4a24), trees: 0, water: 0,
	},
	"storm": {
		zenith: hex(0x2b333d), middle: hex(0x566472), horizon: hex(0xb9bfae), sun: hex(0xe8e6d0),
		sunX: .5, sunY: .45, sunSize: 0, cloud: hex(0x8b97a3), cover: .85,
		far: hex(0x66747f), near: hex(0x141c1a), trees: .03, water: .3,
	},
}
