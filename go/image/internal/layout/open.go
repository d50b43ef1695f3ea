package layout

import (
	"fmt"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	ggcr "github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/google/go-containerregistry/pkg/v1/validate"

	"capstan/image/internal/mistake"
)

// Layout is an image layout that holds one index over platforms.
type Layout struct {
	// Digest of the index: what a manifest names the image by.
	Digest v1.Hash
	// Index reads its images from the folder as they are asked for.
	Index v1.ImageIndex
	// Tag that the image was built under; empty when the layout does not say.
	Tag string
}

// Open reads a layout in full and checks every digest in it. The error is a mistake when the folder is no layout, or
// holds anything but one index.
func Open(dir string) (Layout, error) {
	outer, err := ggcr.ImageIndexFromPath(dir)
	if err != nil {
		return Layout{}, mistake.New("%s: cannot be read as an OCI image layout: %v", dir, err)
	}
	manifest, err := outer.IndexManifest()
	if err != nil {
		return Layout{}, mistake.New("%s: cannot be read as an OCI image layout: %v", dir, err)
	}
	if count := len(manifest.Manifests); count != 1 || manifest.Manifests[0].MediaType != types.OCIImageIndex {
		return Layout{}, mistake.New("%s: the layout must hold one OCI image index, got %d manifests", dir, count)
	}
	descriptor := manifest.Manifests[0]
	index, err := outer.ImageIndex(descriptor.Digest)
	if err != nil {
		return Layout{}, fmt.Errorf("image index %s: %w", descriptor.Digest, err)
	}
	if err := validate.Index(index); err != nil {
		// One problem a line, of which the first says enough.
		first, _, _ := strings.Cut(err.Error(), "\n")
		return Layout{}, fmt.Errorf("%s: the image is damaged: %s", dir, first)
	}
	return Layout{Digest: descriptor.Digest, Index: index, Tag: descriptor.Annotations[referenceName]}, nil
}

// Platforms returns the platforms of the layout, in the order of the index.
func (l Layout) Platforms() ([]v1.Platform, error) {
	manifest, err := l.Index.IndexManifest()
	if err != nil {
		return nil, fmt.Errorf("image index %s: %w", l.Digest, err)
	}
	var platforms []v1.Platform
	for _, descriptor := range manifest.Manifests {
		if descriptor.Platform != nil {
			platforms = append(platforms, *descriptor.Platform)
		}
	}
	return platforms, nil
}

// Image returns the image of a platform. The error is a mistake when the layout has none.
func (l Layout) Image(platform v1.Platform) (v1.Image, error) {
	manifest, err := l.Index.IndexManifest()
	if err != nil {
		return nil, fmt.Errorf("image index %s: %w", l.Digest, err)
	}
	for _, descriptor := range manifest.Manifests {
		if descriptor.Platform == nil || !descriptor.Platform.Equals(platform) {
			continue
		}
		image, err := l.Index.Image(descriptor.Digest)
		if err != nil {
			return nil, fmt.Errorf("image of %s: %w", platform, err)
		}
		return image, nil
	}
	return nil, mistake.New("platform must be one of the image's, got %s", platform)
}
