package build

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"capstan/image/internal/ociimage"
	"capstan/image/internal/sbom"
)

// bill is a bill of materials and where it belongs.
type bill struct {
	path    string
	content []byte
}

// describe returns a bill of materials per image, in the order of the images.
func describe(options Options, images []ociimage.PlatformImage, binaries [][]byte) ([]bill, error) {
	bills := make([]bill, len(images))
	for i, one := range images {
		digest, err := one.Image.Digest()
		if err != nil {
			return nil, fmt.Errorf("digest of %s: %w", one.Platform, err)
		}
		content, err := sbom.Describe(sbom.Image{
			Repository: options.Repository, Tag: options.Tag, Digest: digest,
			Platform: one.Platform, Name: options.Name, Binary: binaries[i],
		})
		if err != nil {
			return nil, err
		}
		bills[i] = bill{path: sbomPath(options.Out, one.Platform), content: content}
	}
	return bills, nil
}

// sbomPath lies beside the layout, which holds nothing but what its specification names.
func sbomPath(out string, platform v1.Platform) string {
	return fmt.Sprintf("%s.%s-%s.cdx.json", filepath.Clean(out), platform.OS, platform.Architecture)
}

func (b bill) write() error {
	partial := b.path + ".partial"
	if err := os.WriteFile(partial, b.content, 0o666); err != nil {
		return fmt.Errorf("bill of materials: %w", errors.Join(err, os.Remove(partial)))
	}
	if err := os.Rename(partial, b.path); err != nil {
		return fmt.Errorf("bill of materials: %w", err)
	}
	return nil
}
