package unpack_test

import (
	"archive/tar"
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"capstan/image/internal/unpack"
)

// image has one layer of these entries; those of regular files hold their own name.
func image(t *testing.T, layers ...[]tar.Header) v1.Image {
	t.Helper()
	made := empty.Image
	for _, headers := range layers {
		var packed bytes.Buffer
		archive := tar.NewWriter(&packed)
		for _, header := range headers {
			if header.Typeflag == tar.TypeReg {
				header.Size = int64(len(header.Name))
			}
			header.Uid, header.Gid = os.Geteuid(), os.Getegid()
			if err := archive.WriteHeader(&header); err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(archive, header.Name[:header.Size]); err != nil {
				t.Fatal(err)
			}
		}
		if err := archive.Close(); err != nil {
			t.Fatal(err)
		}
		open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(packed.Bytes())), nil }
		layer, err := tarball.LayerFromOpener(open)
		if err != nil {
			t.Fatal(err)
		}
		if made, err = mutate.AppendLayers(made, layer); err != nil {
			t.Fatal(err)
		}
	}
	return made
}

func TestNothingIsWrittenOutsideTheFolder(t *testing.T) {
	cases := map[string][]tar.Header{
		"a path upwards": {{Typeflag: tar.TypeReg, Name: "../outside", Mode: 0o644}},
		"through a symbolic link": {
			{Typeflag: tar.TypeSymlink, Name: "way", Linkname: ".."},
			{Typeflag: tar.TypeReg, Name: "way/outside", Mode: 0o644},
		},
		"through an absolute link": {
			{Typeflag: tar.TypeSymlink, Name: "way", Linkname: "ABSOLUTE"},
			{Typeflag: tar.TypeReg, Name: "way/outside", Mode: 0o644},
		},
		"a hard link upwards": {{Typeflag: tar.TypeLink, Name: "inside", Linkname: "../secret"}},
	}
	for name, headers := range cases {
		t.Run(name, func(t *testing.T) {
			parent := t.TempDir()
			if err := os.WriteFile(filepath.Join(parent, "secret"), []byte("secret"), 0o600); err != nil {
				t.Fatal(err)
			}
			for i := range headers {
				if headers[i].Linkname == "ABSOLUTE" {
					headers[i].Linkname = parent
				}
			}
			err := unpack.Image(image(t, headers), filepath.Join(parent, "rootfs"))
			if leadsOut := name == "a path upwards"; (err != nil) != leadsOut {
				t.Errorf("error %v", err)
			}
			if _, found := os.Stat(filepath.Join(parent, "outside")); found == nil {
				t.Error("a file was written beside the folder")
			}
			if _, found := os.Stat(filepath.Join(parent, "rootfs", "inside")); found == nil {
				t.Error("a file beside the folder was linked into it")
			}
		})
	}
}

func TestFilesOfUpperLayersReplaceLowerOnes(t *testing.T) {
	lower := []tar.Header{
		{Typeflag: tar.TypeDir, Name: "bin/", Mode: 0o750},
		{Typeflag: tar.TypeReg, Name: "bin/old", Mode: 0o644},
		{Typeflag: tar.TypeReg, Name: "bin/kept", Mode: 0o4755},
	}
	upper := []tar.Header{
		{Typeflag: tar.TypeReg, Name: "bin/.wh.old", Mode: 0o644},
		{Typeflag: tar.TypeReg, Name: "bin/new", Mode: 0o600},
		{Typeflag: tar.TypeSymlink, Name: "link", Linkname: "bin/new"},
		{Typeflag: tar.TypeLink, Name: "twin", Linkname: "bin/new"},
	}
	dir := t.TempDir()
	if err := unpack.Image(image(t, lower, upper), dir); err != nil {
		t.Fatal(err)
	}
	want := map[string]fs.FileMode{
		"bin": fs.ModeDir | 0o750, "bin/kept": fs.ModeSetuid | 0o755, "bin/new": 0o600, "twin": 0o600, "link": fs.ModeSymlink | 0o777,
	}
	for name, mode := range want {
		info, err := os.Lstat(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
		} else if info.Mode() != mode {
			t.Errorf("%s has mode %s, want %s", name, info.Mode(), mode)
		}
	}
	if _, err := os.Lstat(filepath.Join(dir, "bin/old")); err == nil {
		t.Error("bin/old is there, though the upper layer removes it")
	}
}

func TestFailsOnADevice(t *testing.T) {
	device := image(t, []tar.Header{{Typeflag: tar.TypeChar, Name: "null", Mode: 0o666}})
	if err := unpack.Image(device, t.TempDir()); err == nil {
		t.Error("no error")
	}
}
