// Package unpack lays an image's root filesystem out in a folder, for a runtime such as runc.
package unpack

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"capstan/image/internal/mistake"
	"capstan/image/internal/rootfs"
)

// Image writes the image's files into dir, a new or empty folder, with their modes and times whatever the umask is,
// and with their owners when run as root; otherwise they belong to whoever runs it. Nothing is written outside dir: a
// path that leads out of it is an error, and a link that does is left out.
func Image(image v1.Image, dir string) (err error) {
	if err := checkEmpty(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("root filesystem: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("root filesystem: %w", err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	if err := extract(image, root); err != nil {
		return err
	}
	// Others than its owner must be able to enter it, whatever the umask was.
	if err := os.Chmod(dir, 0o755); err != nil {
		return fmt.Errorf("root filesystem: %w", err)
	}
	return nil
}

func checkEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("root filesystem: %w", err)
	case len(entries) > 0:
		return mistake.New("%s: must be a new or an empty folder, got one with files in it", dir)
	}
	return nil
}

func extract(image v1.Image, root *os.Root) error {
	var folders []*tar.Header
	err := rootfs.Walk(image, func(header *tar.Header, content io.Reader) error {
		header.Name = path.Clean(header.Name)
		if header.Typeflag == tar.TypeDir {
			folders = append(folders, header)
		}
		return place(header, content, root)
	})
	if err != nil {
		return err
	}
	// Last, since writing into a folder changes its time and may need a mode that it is not to keep.
	for _, folder := range folders {
		if err := finish(folder, root); err != nil {
			return fmt.Errorf("root filesystem: %s: %w", folder.Name, err)
		}
	}
	return nil
}

func place(header *tar.Header, content io.Reader, root *os.Root) error {
	// An upper layer's files come before the folders of a lower one.
	if err := root.MkdirAll(path.Dir(header.Name), 0o755); err != nil {
		return err
	}
	switch header.Typeflag {
	case tar.TypeDir:
		return root.MkdirAll(header.Name, 0o755)
	case tar.TypeReg:
		if err := writeFile(header.Name, content, root); err != nil {
			return err
		}
		return finish(header, root)
	case tar.TypeSymlink:
		if err := root.Symlink(header.Linkname, header.Name); err != nil {
			return err
		}
		return own(header, root)
	case tar.TypeLink:
		return root.Link(path.Clean(header.Linkname), header.Name)
	default:
		return fmt.Errorf("entries of tar type %q are not supported", header.Typeflag)
	}
}

func writeFile(name string, content io.Reader, root *os.Root) (err error) {
	file, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	_, err = io.Copy(file, content)
	return err
}

// finish sets what a file is created without. The owner comes first: changing it clears setuid bits.
func finish(header *tar.Header, root *os.Root) error {
	if err := own(header, root); err != nil {
		return err
	}
	if err := root.Chmod(header.Name, header.FileInfo().Mode()); err != nil {
		return err
	}
	return root.Chtimes(header.Name, header.ModTime, header.ModTime)
}

func own(header *tar.Header, root *os.Root) error {
	if os.Geteuid() != 0 {
		return nil
	}
	return root.Lchown(header.Name, header.Uid, header.Gid)
}
