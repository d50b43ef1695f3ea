package rootfs_test

import (
	"archive/tar"
	"errors"
	"io"
	"slices"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"capstan/image/internal/rootfs"
)

func TestLayerDoesNotDependOnTheOrderOfItsEntries(t *testing.T) {
	entries := rootfs.Static()
	reversed := slices.Clone(entries)
	slices.Reverse(reversed)
	if first, second := layer(t, entries), layer(t, reversed); digest(t, first) != digest(t, second) {
		t.Errorf("digests %s and %s", digest(t, first), digest(t, second))
	}
}

func TestLayerHoldsNoTimeNoNamesAndNoExtendedHeaders(t *testing.T) {
	content, err := layer(t, rootfs.Static()).Uncompressed()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for archive := tar.NewReader(content); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if seen[header.Name] {
			t.Errorf("%s is there twice", header.Name)
		}
		seen[header.Name] = true
		if header.Format != tar.FormatUSTAR || len(header.PAXRecords) > 0 || header.Uname != "" || header.Gname != "" || !header.ModTime.Equal(rootfs.Created) {
			t.Errorf("%s: %+v", header.Name, header)
		}
	}
	if err := content.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestLayerFailsOnAPathThatUSTARCannotHold(t *testing.T) {
	long := slices.Repeat([]byte("a"), 300)
	if _, err := rootfs.Layer([]rootfs.Entry{{Path: string(long), Mode: 0o644}}); err == nil {
		t.Error("no error")
	}
}

func layer(t *testing.T, entries []rootfs.Entry) v1.Layer {
	t.Helper()
	made, err := rootfs.Layer(entries)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func digest(t *testing.T, made v1.Layer) v1.Hash {
	t.Helper()
	found, err := made.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return found
}
