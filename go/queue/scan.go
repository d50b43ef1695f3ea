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
// counts. skipped are things that are no task though their name is not hidden, and what may not
// be read. A root that cannot be read is an error.
func scan(root, state string) (files []found, skipped []string, err error) {
	v := visitor{root: root}
	if v.state, err = os.Stat(state); err != nil {
		return nil, nil, fmt.Errorf("read state folder: %w", err)
	}
	if err := filepath.WalkDir(root, v.visit); err != nil {
		return nil, nil, fmt.Errorf("read input folder: %w", err)
	}
	return v.files, v.skipped, nil
}

// visitor gathers what a walk over root comes by.
type visitor struct {
	root    string
	state   fs.FileInfo // not a path: links may lead to the same folder by several
	files   []found
	skipped []string
}

// visit is an [fs.WalkDirFunc].
func (v *visitor) visit(path string, entry fs.DirEntry, err error) error {
	switch {
	case path == v.root:
		return err
	case err != nil:
		return v.pass(path, err)
	case strings.HasPrefix(entry.Name(), "."), entry.IsDir() && v.isState(entry):
		if entry.IsDir() {
			return fs.SkipDir
		}
		return nil
	case entry.IsDir():
		return nil
	}
	info, err := os.Stat(path)
	link := entry.Type()&fs.ModeSymlink != 0
	switch {
	case err == nil && info.Mode().IsRegular():
		v.files = append(v.files, found{v.id(path), fingerprint{info.Size(), info.ModTime()}})
		return nil
	case err == nil || link:
		v.skipped = append(v.skipped, v.id(path))
		return nil
	}
	return v.pass(path, err)
}

// pass goes on after an error that concerns path alone: what may not be read is skipped, and
// what has gone since it was listed is no task.
func (v *visitor) pass(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission):
		v.skipped = append(v.skipped, v.id(path))
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return nil
	}
	return err
}

// id is the path below root, with slashes. Every path of a walk begins with root.
func (v *visitor) id(path string) string {
	return filepath.ToSlash(strings.TrimPrefix(path[len(v.root):], string(filepath.Separator)))
}

// isState says whether a folder of the walk is the state folder.
func (v *visitor) isState(entry fs.DirEntry) bool {
	info, err := entry.Info()
	return err == nil && os.SameFile(info, v.state)
}

// printable is id as JSON can carry it.
func printable(id string) string { return strings.ToValidUTF8(id, string(utf8.RuneError)) }
