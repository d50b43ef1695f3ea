package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"capstan/durable"
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

// save puts a photo in place at once: a reader sees all of it or none, also after a crash.
func (s *store) save(ctx context.Context, name string, photo io.Reader) (stored, error) {
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
	if err := s.root.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return stored{}, err
	}
	hash := sha256.New()
	var written int64
	err = durable.Write(s.root, target, func(w io.Writer) (err error) {
		written, err = io.Copy(io.MultiWriter(w, hash), io.MultiReader(bytes.NewReader(head), photo))
		return errors.Join(err, ctx.Err())
	})
	if err != nil {
		return stored{}, err
	}
	return stored{written, hex.EncodeToString(hash.Sum(nil))}, nil
}

// isPhoto looks at how the formats that develop reads begin.
func isPhoto(head []byte) bool {
	return bytes.HasPrefix(head, []byte("\xff\xd8\xff")) ||
		bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")) ||
		len(head) >= 12 && bytes.HasPrefix(head, []byte("RIFF")) && string(head[8:12]) == "WEBP"
}
