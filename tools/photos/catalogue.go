package main

// format is how a photo is stored.
type format int

const (
	baseline format = iota // JPEG, 4:2:0
	progressiveJPEG
	portable // PNG
	lossless // WebP
)

// photo is one good file of the collection; width and height are as seen
// upright, that is after its orientation was applied.
type photo struct {
	path          string
	palette       string
	seed          uint64
	width, height int
	format        format
	quality       int     // JPEG only
	grain         float64 // sensor noise
	orientation   uint16  // 0: no Exif block at all; else one with a GPS position
}

// damaged is the photo that "card error.jpg" is a damaged copy of.
const damaged = "2026/été/col de l'Iseran.jpg"

var catalogue = []photo{
	{path: "alpine noon.jpg", palette: "noon", seed: 4, width: 4000, height: 3000, quality: 78, grain: 5},
	{path: "lake at dawn.jpg", palette: "dawn", seed: 11, width: 4000, height: 3000, quality: 76, grain: 4, orientation: 1},
	{path: "progressive dusk.jpg", palette: "dusk", seed: 7, width: 4000, height: 3000, format: progressiveJPEG, quality: 74, grain: 4},
	{path: "portrait 6.jpg", palette: "winter", seed: 23, width: 2448, height: 3264, quality: 76, grain: 4, orientation: 6},
	{path: "portrait 8.jpg", palette: "autumn", seed: 29, width: 1944, height: 2592, quality: 78, grain: 4, orientation: 8},
	{path: "upside down 3.jpg", palette: "desert", seed: 31, width: 2592, height: 1944, quality: 78, grain: 4, orientation: 3},
	{path: "storm front.jpg", palette: "storm", seed: 37, width: 3264, height: 2448, quality: 76, grain: 5},
	{path: "panorama.jpg", palette: "dusk", seed: 41, width: 4800, height: 1600, quality: 78, grain: 3},
	{path: "tiny.jpg", palette: "noon", seed: 43, width: 320, height: 240, quality: 85, grain: 2},
	{path: "2026/fjell/første snø.jpg", palette: "winter", seed: 47, width: 3000, height: 2000, quality: 78, grain: 4, orientation: 1},
	{path: "2026/fjell/nordlys.jpg", palette: "night", seed: 53, width: 3000, height: 2000, quality: 80, grain: 4},
	{path: "2026/été/col de l'Iseran.jpg", palette: "noon", seed: 59, width: 2048, height: 1536, quality: 80, grain: 4},
	{path: "2026/été/progressive haze.jpg", palette: "desert", seed: 61, width: 2048, height: 1365, format: progressiveJPEG, quality: 78, grain: 3, orientation: 6},
	{path: "夕焼け.jpg", palette: "dusk", seed: 67, width: 2048, height: 1536, quality: 80, grain: 3},
	{path: "autumn lake.jpg", palette: "autumn", seed: 71, width: 2400, height: 1600, quality: 80, grain: 4},
	{path: "graphics/dawn.png", palette: "dawn", seed: 73, width: 1200, height: 800, format: portable},
	{path: "graphics/night sky.png", palette: "night", seed: 79, width: 960, height: 1280, format: portable},
	{path: "graphics/dunes.png", palette: "desert", seed: 83, width: 1024, height: 768, format: portable},
	{path: "web/ridge.webp", palette: "winter", seed: 89, width: 1200, height: 800, format: lossless},
	{path: "web/storm over the lake.webp", palette: "storm", seed: 97, width: 1080, height: 1080, format: lossless},
	{path: "web/tarn.webp", palette: "autumn", seed: 101, width: 900, height: 600, format: lossless},
}
