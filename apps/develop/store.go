package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"syscall"

	"capstan/durable"
	"capstan/worker"
)

// store is the output folder.
type store struct{ root *os.Root }

func thumbnailName(photo string) string { return photo + ".thumb.jpg" }
func metadataName(photo string) string  { return photo + ".json" }

// openStore opens the output folder, and makes it where it is missing.
func openStore(folder string) (*store, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, fmt.Errorf("make output folder: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("open output folder: %w", err)
	}
	return &store{root}, nil
}

func (s *store) close() { s.root.Close() }

// metadata is what is recorded of a photo, if its thumbnail is there as well.
func (s *store) metadata(photo string) (metadata, bool) {
	var m metadata
	data, err := s.root.ReadFile(filepath.FromSlash(metadataName(photo)))
	if err != nil || json.Unmarshal(data, &m) != nil {
		return metadata{}, false
	}
	info, err := s.root.Stat(filepath.FromSlash(thumbnailName(photo)))
	return m, err == nil && info.Size() == int64(m.Thumbnail.Bytes)
}

// save writes both outputs, the metadata last: where it is, all is. A name that
// gets too long for the output folder's file system is a permanent failure.
func (s *store) save(photo string, thumbnail []byte, m metadata) error {
	err := s.saveBoth(photo, thumbnail, m)
	if errors.Is(err, syscall.ENAMETOOLONG) {
		return worker.Permanent(fmt.Errorf("the photo's name is too long for its outputs, which add %q to it; rename the photo: %w", thumbnailName(""), err))
	}
	return err
}

func (s *store) saveBoth(photo string, thumbnail []byte, m metadata) error {
	facts, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("encode metadata: %w", err)
	}
	folder := filepath.FromSlash(path.Dir(photo))
	if err := s.root.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("make output folder: %w", err)
	}
	if err := s.write(thumbnailName(photo), thumbnail); err != nil {
		return fmt.Errorf("write thumbnail: %w", err)
	}
	if err := s.write(metadataName(photo), append(facts, '\n')); err != nil {
		return fmt.Errorf("write metadata: %w", err)
	}
	return nil
}

// write puts a file in place at once. A temporary one that a kill leaves behind starts with a dot.
func (s *store) write(name string, data []byte) error {
	return durable.Write(s.root, filepath.FromSlash(name), func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}
