// Package rootfs makes the layers of an image: tar archives whose bytes depend on nothing but what is in them.
package rootfs

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Created is the time of every file and of every image, so that they do not depend on when they were made.
var Created = time.Unix(0, 0).UTC()

// Entry is a file or a folder of a layer. It belongs to root.
type Entry struct {
	// Path without a leading slash. That of a folder ends in a slash.
	Path string
	// Mode holds the permission bits as in a tar header: 01777 is a sticky folder.
	Mode int64
	// Content of a file.
	Content []byte
}

// Layer packs the entries, sorted by path, as a gzipped OCI layer. Its bytes depend on the entries and on
// compress/gzip of the Go version that this program is compiled with.
func Layer(entries []Entry) (v1.Layer, error) {
	var packed bytes.Buffer
	if err := pack(&packed, entries); err != nil {
		return nil, fmt.Errorf("layer: %w", err)
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(packed.Bytes())), nil }
	layer, err := tarball.LayerFromOpener(open, tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return nil, fmt.Errorf("layer: %w", err)
	}
	return layer, nil
}

func pack(to io.Writer, entries []Entry) error {
	compressor, err := gzip.NewWriterLevel(to, gzip.BestCompression)
	if err != nil {
		return err
	}
	archive := tar.NewWriter(compressor)
	sorted := slices.SortedFunc(slices.Values(entries), func(a, b Entry) int { return strings.Compare(a.Path, b.Path) })
	for _, entry := range sorted {
		if err := archive.WriteHeader(header(entry)); err != nil {
			return fmt.Errorf("%s: %w", entry.Path, err)
		}
		if _, err := archive.Write(entry.Content); err != nil {
			return fmt.Errorf("%s: %w", entry.Path, err)
		}
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return compressor.Close()
}

// USTAR has no room for the extended headers in which other formats keep access times and attributes.
func header(entry Entry) *tar.Header {
	kind := byte(tar.TypeReg)
	if strings.HasSuffix(entry.Path, "/") {
		kind = tar.TypeDir
	}
	return &tar.Header{
		Typeflag: kind,
		Name:     entry.Path,
		Mode:     entry.Mode,
		Size:     int64(len(entry.Content)),
		ModTime:  Created,
		Format:   tar.FormatUSTAR,
	}
}
