// Package layout keeps an image index in a folder, as the OCI image layout specification says.
package layout

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	ggcr "github.com/google/go-containerregistry/pkg/v1/layout"

	"capstan/image/internal/mistake"
)

// The names that tools give an image by when they load a layout: podman and skopeo the first, containerd the second.
const (
	referenceName = "org.opencontainers.image.ref.name"
	fullName      = "io.containerd.image.name"
)

// CheckTarget returns a mistake when the folder is there and is neither empty nor a layout: Write would delete it.
func CheckTarget(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return fmt.Errorf("folder for the image: %w", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "oci-layout")); err != nil {
		return mistake.New("%s: must be a new folder or an OCI image layout, got a folder with other files in it", dir)
	}
	return nil
}

// Write puts the index into the folder dir under the name repository:tag. The layout is written beside dir, checked
// in full (each blob against its digest, each layer against its manifest) and then renamed, so that dir never holds
// half an image; a layout that was there before is replaced. Of two that write the same folder at once, one may fail.
func Write(dir string, index v1.ImageIndex, repository, tag string) (err error) {
	if err := CheckTarget(dir); err != nil {
		return err
	}
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, 0o777); err != nil {
		return fmt.Errorf("folder for the image: %w", err)
	}
	work, err := os.MkdirTemp(parent, ".layout-*")
	if err != nil {
		return fmt.Errorf("folder for the image: %w", err)
	}
	defer func() {
		if failure := os.RemoveAll(work); failure != nil {
			err = errors.Join(err, fmt.Errorf("temporary layout: %w", failure))
		}
	}()
	fresh := filepath.Join(work, "fresh")
	if err := writeFresh(fresh, index, repository, tag); err != nil {
		return fmt.Errorf("image layout: %w", err)
	}
	return replace(dir, fresh, filepath.Join(work, "former"))
}

func writeFresh(dir string, index v1.ImageIndex, repository, tag string) error {
	path, err := ggcr.Write(dir, empty.Index)
	if err != nil {
		return err
	}
	names := map[string]string{referenceName: tag, fullName: repository + ":" + tag}
	if err := path.AppendIndex(index, ggcr.WithAnnotations(names)); err != nil {
		return err
	}
	_, err = Open(dir)
	return err
}

func replace(dir, fresh, former string) error {
	if err := os.Rename(dir, former); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("former image layout: %w", err)
	}
	if err := os.Rename(fresh, dir); err != nil {
		return fmt.Errorf("image layout: %w", err)
	}
	return nil
}
