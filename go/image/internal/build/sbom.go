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

// writeSBOMs writes a bill of materials per image and returns their paths, in the order of the images.
func writeSBOMs(options Options, images []ociimage.PlatformImage, binaries [][]byte) ([]string, error) {
	paths := make([]string, len(images))
	for i, one := range images {
		digest, err := one.Image.Digest()
		if err != nil {
			return nil, fmt.Errorf("digest of %s: %w", one.Platform, err)
		}
		bill, err := sbom.Describe(sbom.Image{
			Repository: options.Repository, Tag: options.Tag, Digest: digest,
			Platform: one.Platform, Name: options.Name, Binary: binaries[i],
		})
		if err != nil {
			return nil, err
		}
		paths[i] = sbomPath(options.Out, one.Platform)
		if err := replaceFile(paths[i], bill); err != nil {
			return nil, fmt.Errorf("bill of materials: %w", err)
		}
	}
	return paths, nil
}

// sbomPath lies beside the layout, which holds nothing but what its specification names.
func sbomPath(out string, platform v1.Platform) string {
	return fmt.Sprintf("%s.%s-%s.cdx.json", filepath.Clean(out), platform.OS, platform.Architecture)
}

func replaceFile(path string, content []byte) error {
	partial := path + ".partial"
	if err := os.WriteFile(partial, content, 0o666); err != nil {
		return errors.Join(err, os.Remove(partial))
	}
	return os.Rename(partial, path)
}
