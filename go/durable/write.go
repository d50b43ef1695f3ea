package durable

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Write puts what fill writes at name below root, with mode 0644: into a temporary file beside it,
// synced to disk, then renamed, and the rename synced as well. Once it has returned nil the file
// survives a power loss; a reader sees the old content or all of the new one, and any number of
// writers do not mix. The folder has to be there. With an error, which may be fill's own, nothing
// has changed, but for a sync that failed after the rename.
func Write(root *os.Root, name string, fill func(io.Writer) error) (err error) {
	folder := filepath.Dir(name)
	temporary := filepath.Join(folder, TempPrefix+rand.Text())
	file, err := root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	err = fill(file)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = root.Rename(temporary, name)
	}
	if err != nil {
		return errors.Join(err, root.Remove(temporary))
	}
	return syncBelow(root, folder)
}

func syncBelow(root *os.Root, folder string) error {
	opened, err := root.Open(folder)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	return errors.Join(opened.Sync(), opened.Close())
}
