package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

const (
	// longestElement leaves room for what develop adds to a name.
	longestElement = 255 - len(".thumb.jpg")
	longestName    = 1024
)

// checkName takes relative paths of which no part is hidden: hidden files are no tasks.
func checkName(name string) error {
	bad := func(why string) error { return fmt.Errorf("%w: %s", errName, why) }
	switch {
	case name == "" || !utf8.ValidString(name) || len(name) > longestName:
		return bad(fmt.Sprintf("wanted 1 to %d bytes of UTF-8", longestName))
	case path.Clean(name) != name || !filepath.IsLocal(filepath.FromSlash(name)) || strings.ContainsAny(name, "\\\x00\n\r"):
		return bad("wanted a path inside the photos folder")
	}
	for element := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(element, ".") || len(element) > longestElement {
			return bad(fmt.Sprintf("wanted parts of at most %d bytes that do not begin with a dot", longestElement))
		}
	}
	return nil
}

// store is the photos folder.
type store struct{ root *os.Root }

// stored is what lies on disk now.
type stored struct {
	bytes  int64
	sha256 string
}

// openStore opens the folder, and makes it where it is missing.
func openStore(folder string) (*store, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, fmt.Errorf("make photos folder: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("open photos folder: %w", err)
	}
	return &store{root}, nil
}

func (s *store) close() error { return s.root.Close() }

// save puts a photo in place at once: a reader sees all of it or none, also after a crash. Its
// temporary name begins with a dot, and is its own.
func (s *store) save(ctx context.Context, name string, photo io.Reader) (_ stored, err error) {
	head := make([]byte, 12)
	n, err := io.ReadFull(photo, head)
	if n == 0 && errors.Is(err, io.EOF) {
		return stored{}, errEmpty
	}
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return stored{}, err
	}
	if head = head[:n]; !isPhoto(head) {
		return stored{}, errFormat
	}
	target := filepath.FromSlash(name)
	folder := filepath.Dir(target)
	if err := s.root.MkdirAll(folder, 0o755); err != nil {
		return stored{}, err
	}
	temporary := filepath.Join(folder, "."+rand.Text()+".tmp")
	file, err := s.root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return stored{}, err
	}
	defer func() {
		if err != nil {
			if left := s.root.Remove(temporary); left != nil && !errors.Is(left, fs.ErrNotExist) {
				err = errors.Join(err, left)
			}
		}
	}()
	hash := sha256.New()
	written, err := io.Copy(io.MultiWriter(file, hash), io.MultiReader(bytes.NewReader(head), photo))
	if err = errors.Join(err, ctx.Err()); err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return stored{}, err
	}
	if err = s.root.Rename(temporary, target); err != nil {
		return stored{}, err
	}
	if err = s.sync(folder); err != nil {
		return stored{}, err
	}
	return stored{written, hex.EncodeToString(hash.Sum(nil))}, nil
}

// sync makes a rename in a folder last.
func (s *store) sync(folder string) error {
	directory, err := s.root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(directory.Sync(), directory.Close())
}

// isPhoto looks at how the formats that develop reads begin.
func isPhoto(head []byte) bool {
	return bytes.HasPrefix(head, []byte("\xff\xd8\xff")) ||
		bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")) ||
		len(head) >= 12 && bytes.HasPrefix(head, []byte("RIFF")) && string(head[8:12]) == "WEBP"
}
