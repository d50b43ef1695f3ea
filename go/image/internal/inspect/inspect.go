// Package inspect tells what is in an image layout.
package inspect

import (
	"archive/tar"
	"fmt"
	"io"
	"path"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"capstan/image/internal/layout"
	"capstan/image/internal/rootfs"
)

// Report is what a layout holds. Digests are `sha256:…`, sizes bytes.
type Report struct {
	// Digest of the index over the platforms.
	Digest      string            `json:"digest"`
	Tag         string            `json:"tag"`
	Annotations map[string]string `json:"annotations"`
	Platforms   []Platform        `json:"platforms"`
}

// Platform is the image of one platform.
type Platform struct {
	Platform string `json:"platform"`
	Digest   string `json:"digest"`
	// CompressedBytes is the sum of the layers as stored and sent.
	CompressedBytes int64             `json:"compressedBytes"`
	User            string            `json:"user"`
	Entrypoint      []string          `json:"entrypoint"`
	WorkingDir      string            `json:"workingDir"`
	Annotations     map[string]string `json:"annotations"`
	Files           []File            `json:"files"`
}

// File is one entry of the root filesystem.
type File struct {
	// Path from the root, with a leading slash; that of a folder ends in a slash as well.
	Path string `json:"path"`
	// Mode holds the permission bits in octal, such as 0755, or 1777 for a sticky folder.
	Mode  string `json:"mode"`
	UID   int    `json:"uid"`
	GID   int    `json:"gid"`
	Bytes int64  `json:"bytes"`
}

// Describe reads all of a layout.
func Describe(opened layout.Layout) (Report, error) {
	manifest, err := opened.Index.IndexManifest()
	if err != nil {
		return Report{}, fmt.Errorf("image index %s: %w", opened.Digest, err)
	}
	platforms, err := opened.Platforms()
	if err != nil {
		return Report{}, err
	}
	report := Report{Digest: opened.Digest.String(), Tag: opened.Tag, Annotations: manifest.Annotations}
	for _, platform := range platforms {
		image, err := opened.Image(platform)
		if err != nil {
			return Report{}, err
		}
		described, err := describe(image, platform)
		if err != nil {
			return Report{}, fmt.Errorf("image for %s: %w", platform, err)
		}
		report.Platforms = append(report.Platforms, described)
	}
	return report, nil
}

func describe(image v1.Image, platform v1.Platform) (Platform, error) {
	digest, err := image.Digest()
	if err != nil {
		return Platform{}, err
	}
	manifest, err := image.Manifest()
	if err != nil {
		return Platform{}, err
	}
	config, err := image.ConfigFile()
	if err != nil {
		return Platform{}, err
	}
	files, err := list(image)
	if err != nil {
		return Platform{}, err
	}
	described := Platform{
		Platform: platform.String(), Digest: digest.String(),
		User: config.Config.User, Entrypoint: config.Config.Entrypoint, WorkingDir: config.Config.WorkingDir,
		Annotations: manifest.Annotations, Files: files,
	}
	for _, layer := range manifest.Layers {
		described.CompressedBytes += layer.Size
	}
	return described, nil
}

func list(image v1.Image) ([]File, error) {
	var files []File
	err := rootfs.Walk(image, func(header *tar.Header, _ io.Reader) error {
		files = append(files, File{
			Path: shownPath(header), Mode: fmt.Sprintf("%04o", header.Mode&0o7777),
			UID: header.Uid, GID: header.Gid, Bytes: header.Size,
		})
		return nil
	})
	return files, err
}

func shownPath(header *tar.Header) string {
	shown := path.Join("/", header.Name)
	if header.Typeflag == tar.TypeDir && shown != "/" {
		return shown + "/"
	}
	return shown
}
