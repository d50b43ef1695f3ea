// Package durable writes files that are there as a whole or not at all, also after a kill.
package durable

import (
	"fmt"
	"os"
	"path/filepath"
)

// TempPrefix begins the name of every file that WriteFile has not finished yet. One that is
// left over belongs to a killed process and may be removed.
const TempPrefix = ".unfinished-"

// WriteFile puts data at path with mode 0644: into a temporary file beside it, synced to disk,
// then renamed. A reader sees the old content or all of the new one. Call [SyncFolder] to make
// the rename itself survive a power loss.
func WriteFile(path string, data []byte) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), TempPrefix)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			_ = file.Close()
			_ = os.Remove(file.Name())
			err = fmt.Errorf("write %s: %w", path, err)
		}
	}()
	if _, err = file.Write(data); err != nil {
		return err
	}
	if err = file.Chmod(0o644); err != nil {
		return err
	}
	if err = file.Sync(); err != nil {
		return err
	}
	if err = file.Close(); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// SyncFolder makes the names in a folder survive a power loss.
func SyncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	defer func() { _ = folder.Close() }()
	if err := folder.Sync(); err != nil {
		return fmt.Errorf("sync folder %s: %w", path, err)
	}
	return nil
}
