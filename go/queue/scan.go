package queue

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// found is one file below the input folder.
type found struct {
	id string // path relative to the input folder, with slashes
	fingerprint
}

// scan lists the regular files below root in name order; see FolderConfig.Input for what
// counts. skipped are things that are no task though their name is not hidden.
func scan(root, state string) (files []found, skipped []string, err error) {
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if path == root {
			return nil
		}
		if strings.HasPrefix(entry.Name(), ".") || entry.IsDir() && samePath(path, state) {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if entry.IsDir() {
			return nil
		}
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		id := filepath.ToSlash(relative)
		info, err := os.Stat(path)
		link := entry.Type()&fs.ModeSymlink != 0
		switch {
		case err == nil && info.Mode().IsRegular():
			files = append(files, found{id, fingerprint{info.Size(), info.ModTime()}})
		case err == nil || link:
			skipped = append(skipped, id)
		case !errors.Is(err, fs.ErrNotExist): // what has gone since it was listed is no task
			return err
		}
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read input folder: %w", err)
	}
	return files, skipped, nil
}

func samePath(a, b string) bool {
	x, errA := filepath.Abs(a)
	y, errB := filepath.Abs(b)
	return errA == nil && errB == nil && x == y
}

// printable is id as JSON can carry it.
func printable(id string) string { return strings.ToValidUTF8(id, string(utf8.RuneError)) }
