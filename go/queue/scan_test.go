package queue

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

// walkFailing walks root as [filepath.WalkDir] does when the folder named broken cannot be
// read. No permissions are taken away, as they do not bind root, whom tests may run as.
func walkFailing(root, broken string, cause error, visit fs.WalkDirFunc) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err := visit(path, entry, err); err != nil || path != filepath.Join(root, broken) {
			return err
		}
		if err := visit(path, entry, &fs.PathError{Op: "open", Path: path, Err: cause}); err != nil {
			return err
		}
		return fs.SkipDir
	})
}

func TestScanPassesOverAFolderItMayNotRead(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"a/1.jpg", "lost+found/2.jpg", "z/3.jpg"} {
		path := filepath.Join(root, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte("x"), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, broken string
		cause        error
		skipped      []string
		fails        bool
	}{
		{"no permission", "lost+found", syscall.EACCES, []string{"lost+found"}, false},
		{"gone since it was listed", "lost+found", syscall.ENOENT, nil, false},
		{"fails on a disk that fails", "lost+found", syscall.EIO, nil, true},
		{"fails without permission for the input folder itself", ".", syscall.EACCES, nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := visitor{root: root}
			err := walkFailing(root, c.broken, c.cause, v.visit)
			if c.fails {
				if !errors.Is(err, c.cause) {
					t.Fatalf("error %v, want %v", err, c.cause)
				}
				return
			}
			if err != nil || !slices.Equal(v.skipped, c.skipped) {
				t.Fatalf("skipped %q, error %v; want %q", v.skipped, err, c.skipped)
			}
			var ids []string
			for _, file := range v.files {
				ids = append(ids, file.id)
			}
			if want := []string{"a/1.jpg", "z/3.jpg"}; !slices.Equal(ids, want) {
				t.Fatalf("files %q, want %q", ids, want)
			}
		})
	}
}
