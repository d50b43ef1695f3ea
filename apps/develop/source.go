package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"capstan/worker"
)

// source is one open input file and what its content hashes to.
type source struct {
	path   string // as in the payload, with slashes
	sha256 string
	bytes  int64
	file   *os.File
}

// openSource opens a file below folder and reads it once for its hash; links
// that lead out of the folder are refused. The file is never held in memory.
func openSource(ctx context.Context, folder, path string) (*source, error) {
	local := filepath.FromSlash(path)
	if !filepath.IsLocal(local) {
		return nil, worker.Permanent(fmt.Errorf("%q is not a path inside the input folder", path))
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("open input folder: %w", err)
	}
	defer root.Close()
	file, err := openRegular(root, local)
	if err != nil {
		return nil, err
	}
	hash := sha256.New()
	n, err := io.Copy(hash, &reader{ctx: ctx, r: file})
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("read photo: %w", err)
	}
	if n == 0 {
		file.Close()
		return nil, worker.Permanent(errors.New("empty file: 0 bytes"))
	}
	return &source{path: path, sha256: hex.EncodeToString(hash.Sum(nil)), bytes: n, file: file}, nil
}

func openRegular(root *os.Root, path string) (*os.File, error) {
	// Looked at before it is opened: opening a named pipe would wait for a writer.
	info, err := root.Stat(path)
	if err != nil {
		return nil, openError(err)
	}
	if !info.Mode().IsRegular() {
		return nil, worker.Permanent(fmt.Errorf("%q is not a regular file", path))
	}
	file, err := root.Open(path)
	if err != nil {
		return nil, openError(err)
	}
	return file, nil
}

// openError sorts what keeps a file from being opened. An error that is not the
// operating system's is [os.Root] refusing a link that leads out of the folder.
func openError(err error) error {
	err = fmt.Errorf("open photo: %w", err)
	var errno syscall.Errno
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENAMETOOLONG) || !errors.As(err, &errno) {
		return worker.Permanent(err)
	}
	return err
}

func (s *source) close() { s.file.Close() }

// rewound is the file from its start, for a decoder.
func (s *source) rewound(ctx context.Context) (*reader, error) {
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read photo: %w", err)
	}
	return &reader{ctx: ctx, r: s.file}, nil
}

// reader ends a decoder's work when ctx ends, since decoders take no context,
// and tells a failing disk from a corrupt file: failure is what made a read
// fail, end of file excepted.
type reader struct {
	ctx     context.Context
	r       io.Reader
	failure error
}

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		r.failure = err
		return 0, err
	}
	n, err := r.r.Read(p)
	if err != nil && err != io.EOF {
		r.failure = err
	}
	return n, err
}
