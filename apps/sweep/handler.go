// Command sweep removes what the photo pipeline no longer needs: originals that are too old, outputs
// whose original is gone, and what a killed upload left behind. Each folder is one task of a finite
// source, so that the bounded pool works through a tree of any size; the program ends after the last.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"capstan/worker"
)

// Folder is one task: a folder of originals or of outputs. Its seeds are `{"of": "originals"}` and
// `{"of": "outputs"}`; folders below are enqueued by their parents.
type Folder struct {
	// Of is originals (folders.input) or outputs (folders.output).
	Of string `json:"of"`
	// Path is relative to it, with slashes; empty for the whole.
	Path string `json:"path"`
}

const (
	originals = "originals"
	outputs   = "outputs"
	// leftBehind is how old a temporary file is that nobody writes any more.
	leftBehind = 24 * time.Hour
	// batch is how many names of a folder are held at once.
	batch = 1000
)

// outputSuffixes are what develop adds to a photo's name.
var outputSuffixes = []string{".thumb.jpg", ".json"}

// sweeper is what the tasks of a run share.
type sweeper struct {
	worker.Setup
	folders map[string]*os.Root
	oldest  time.Time // originals from before go; zero: all stay
	dryRun  bool
	now     time.Time
	removed atomic.Int64
	freed   atomic.Int64
}

// New reads the settings: olderThanDays (originals older than that go; left out: they stay) and
// dryRun (true: the log says what would go, and nothing does).
func New(setup worker.Setup) (worker.Handler[Folder], error) {
	s := &sweeper{Setup: setup, now: time.Now(), folders: make(map[string]*os.Root)}
	if text := setup.Settings["olderThanDays"]; text != "" {
		days, err := strconv.ParseFloat(text, 64)
		if err != nil || days <= 0 {
			return nil, fmt.Errorf("setting olderThanDays: wanted a number of days, got %q", text)
		}
		s.oldest = s.now.Add(-time.Duration(days * 24 * float64(time.Hour)))
	}
	if text := setup.Settings["dryRun"]; text != "" {
		dry, err := strconv.ParseBool(text)
		if err != nil {
			return nil, fmt.Errorf("setting dryRun: wanted true or false, got %q", text)
		}
		s.dryRun = dry
	}
	for of, folder := range map[string]string{originals: setup.Input, outputs: setup.Output} {
		if folder == "" {
			return nil, errors.New("sweep needs folders.input and folders.output")
		}
		root, err := os.OpenRoot(folder)
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", of, err)
		}
		s.folders[of] = root
	}
	return s.sweep, nil
}

// sweep does one folder. It can be done again at any time.
func (s *sweeper) sweep(ctx context.Context, t worker.Task[Folder]) error {
	root, ok := s.folders[t.Payload.Of]
	if !ok {
		return worker.Permanent(fmt.Errorf("of: wanted %s or %s, got %q", originals, outputs, t.Payload.Of))
	}
	folder, err := root.Open(filepath.FromSlash(path.Join(".", t.Payload.Path)))
	if errors.Is(err, fs.ErrNotExist) {
		return worker.ErrAlreadyDone
	}
	if err != nil {
		return err
	}
	defer folder.Close()
	var tally tally
	for {
		entries, err := folder.ReadDir(batch)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		for _, entry := range entries {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := s.look(ctx, t.Payload, entry, &tally); err != nil {
				return err
			}
		}
	}
	// The last such line has the totals of the run.
	s.Log.LogAttrs(ctx, slog.LevelInfo, "swept", slog.String("of", t.Payload.Of), slog.String("path", t.Payload.Path),
		slog.Int("kept", tally.kept), slog.Int("removed", tally.removed), slog.Bool("dryRun", s.dryRun),
		slog.Int64("removedInAll", s.removed.Load()), slog.Int64("bytesInAll", s.freed.Load()))
	return nil
}

// tally counts the files of one folder.
type tally struct{ kept, removed int }

// look decides about one entry.
func (s *sweeper) look(ctx context.Context, in Folder, entry fs.DirEntry, t *tally) error {
	name := path.Join(in.Path, entry.Name())
	if entry.IsDir() {
		if strings.HasPrefix(entry.Name(), ".") {
			return nil
		}
		return s.Enqueue(ctx, in.Of+":"+name, Folder{Of: in.Of, Path: name})
	}
	info, err := entry.Info()
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return nil
	}
	if err != nil {
		return err
	}
	reason, err := s.reason(in.Of, name, info)
	if err != nil {
		return err
	}
	if reason == "" {
		t.kept++
		return nil
	}
	t.removed++
	return s.remove(ctx, in.Of, name, info.Size(), reason)
}

// reason says why a file goes; empty: it stays.
func (s *sweeper) reason(of, name string, info fs.FileInfo) (string, error) {
	if base := path.Base(name); strings.HasPrefix(base, ".") {
		if strings.HasSuffix(base, ".tmp") && s.now.Sub(info.ModTime()) > leftBehind {
			return "left behind", nil
		}
		return "", nil
	}
	if of == originals {
		if !s.oldest.IsZero() && info.ModTime().Before(s.oldest) {
			return "too old", nil
		}
		return "", nil
	}
	for _, suffix := range outputSuffixes {
		original, isOutput := strings.CutSuffix(name, suffix)
		if !isOutput {
			continue
		}
		// What cannot be looked at is no reason: a folder that is not mounted has no originals.
		switch before, err := s.folders[originals].Stat(filepath.FromSlash(original)); {
		case errors.Is(err, fs.ErrNotExist):
			return "its original is gone", nil
		case err != nil:
			return "", err
		case !s.oldest.IsZero() && before.ModTime().Before(s.oldest):
			return "its original is too old", nil
		}
	}
	return "", nil
}

func (s *sweeper) remove(ctx context.Context, of, name string, size int64, reason string) error {
	s.Log.InfoContext(ctx, "remove", "of", of, "path", name, "bytes", size, "reason", reason, "dryRun", s.dryRun)
	if !s.dryRun {
		if err := s.folders[of].Remove(filepath.FromSlash(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	s.removed.Add(1)
	s.freed.Add(size)
	return nil
}
