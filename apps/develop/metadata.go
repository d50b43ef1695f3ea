package main

import (
	"fmt"
	"image"
	"path"
)

// metadata is what may be told about a photo: facts of the picture itself.
type metadata struct {
	Input        string        `json:"input"`
	SHA256       string        `json:"sha256"` // of the input file; names the content that the outputs belong to
	Bytes        int64         `json:"bytes"`
	Format       string        `json:"format"`
	Width        int           `json:"width"` // upright
	Height       int           `json:"height"`
	AverageColor string        `json:"averageColor"` // #rrggbb
	Thumbnail    thumbnailFile `json:"thumbnail"`
}

type thumbnailFile struct {
	File   string `json:"file"` // beside the metadata
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Bytes  int    `json:"bytes"`
}

func describe(s *source, p *picture, thumbnail *image.RGBA, encoded int) metadata {
	size := p.orientation.size(p.Bounds())
	return metadata{
		Input: s.path, SHA256: s.sha256, Bytes: s.bytes,
		Format: p.format, Width: size.X, Height: size.Y,
		AverageColor: averageColor(thumbnail),
		Thumbnail: thumbnailFile{
			File:  path.Base(thumbnailName(s.path)),
			Width: thumbnail.Rect.Dx(), Height: thumbnail.Rect.Dy(), Bytes: encoded,
		},
	}
}

func averageColor(picture *image.RGBA) string {
	var sums [3]uint64
	for i := 0; i+3 < len(picture.Pix); i += 4 {
		for part := range sums {
			sums[part] += uint64(picture.Pix[i+part])
		}
	}
	n := uint64(picture.Rect.Dx() * picture.Rect.Dy())
	return fmt.Sprintf("#%02x%02x%02x", (sums[0]+n/2)/n, (sums[1]+n/2)/n, (sums[2]+n/2)/n)
}
