package build

import (
	"fmt"
	"math"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"capstan/image/internal/ociimage"
)

// Result is the image that was built. Digests are `sha256:…`, sizes bytes as stored and sent.
type Result struct {
	// Digest of the index over the platforms: what manifests name the image by.
	Digest     string     `json:"digest"`
	Tag        string     `json:"tag"`
	Repository string     `json:"repository"`
	Layout     string     `json:"layout"`
	Platforms  []Platform `json:"platforms"`
	// Seconds that the build took, to the millisecond.
	Seconds float64 `json:"seconds"`
}

// Platform is the image of one platform.
type Platform struct {
	Platform string `json:"platform"`
	Digest   string `json:"digest"`
	// CompressedBytes is the sum of the layers.
	CompressedBytes int64   `json:"compressedBytes"`
	Layers          []Layer `json:"layers"`
	// SBOM is the path of the bill of materials.
	SBOM string `json:"sbom"`
}

// Layer is one layer of an image, lowest first.
type Layer struct {
	Digest string `json:"digest"`
	Bytes  int64  `json:"bytes"`
}

func summarize(options Options, index v1.ImageIndex, images []ociimage.PlatformImage, bills []bill, took time.Duration) (Result, error) {
	digest, err := index.Digest()
	if err != nil {
		return Result{}, fmt.Errorf("digest of the index: %w", err)
	}
	result := Result{
		Digest: digest.String(), Tag: options.Tag, Repository: options.Repository, Layout: options.Out,
		Seconds: math.Round(took.Seconds()*1000) / 1000,
	}
	for i, one := range images {
		platform, err := summarizePlatform(one, bills[i])
		if err != nil {
			return Result{}, fmt.Errorf("image for %s: %w", one.Platform, err)
		}
		result.Platforms = append(result.Platforms, platform)
	}
	return result, nil
}

func summarizePlatform(one ociimage.PlatformImage, described bill) (Platform, error) {
	digest, err := one.Image.Digest()
	if err != nil {
		return Platform{}, err
	}
	manifest, err := one.Image.Manifest()
	if err != nil {
		return Platform{}, err
	}
	platform := Platform{Platform: one.Platform.String(), Digest: digest.String(), SBOM: described.path}
	for _, layer := range manifest.Layers {
		platform.Layers = append(platform.Layers, Layer{Digest: layer.Digest.String(), Bytes: layer.Size})
		platform.CompressedBytes += layer.Size
	}
	return platform, nil
}
