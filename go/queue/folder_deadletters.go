package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// deadRecord is a dead letter on disk. A dropped one stays: without it, its file would be a new task.
type deadRecord struct {
	DeadLetter
	Dropped bool `json:"dropped,omitempty"`
}

// FolderDeadLetters are the dead letters of a [Folder], in all shards of it. A running Folder sees
// what is replayed when it reads its input the next time; one that ends when it is idle, in its next
// run. It implements [DeadLetters].
type FolderDeadLetters struct{ state string }

var _ DeadLetters = FolderDeadLetters{}

// OpenFolderDeadLetters reads the dead letters below a Folder's state folder, which has to be there.
func OpenFolderDeadLetters(state string) (FolderDeadLetters, error) {
	if _, err := os.Stat(state); err != nil {
		return FolderDeadLetters{}, fmt.Errorf("state folder: %w", err)
	}
	return FolderDeadLetters{state}, nil
}

// List implements [DeadLetters].
func (l FolderDeadLetters) List(_ context.Context, after string, limit int) ([]DeadLetter, error) {
	all, err := l.all()
	if err != nil {
		return nil, err
	}
	if after != "" {
		at := slices.IndexFunc(all, func(it DeadLetter) bool { return it.Letter == after })
		if at < 0 {
			return nil, ErrNotFound
		}
		all = all[at+1:]
	}
	return all[:min(limit, len(all))], nil
}

// all are the letters of all shards, oldest first.
func (l FolderDeadLetters) all() ([]DeadLetter, error) {
	folders, err := l.folders()
	if err != nil {
		return nil, err
	}
	var letters []DeadLetter
	for _, folder := range folders {
		records, err := shelf[deadRecord]{filepath.Join(folder, deadFolder)}.list()
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for key, record := range records {
			if record.Dropped {
				continue
			}
			record.Letter = key
			if folder != l.state {
				record.Letter = filepath.Base(folder) + "/" + key
			}
			letters = append(letters, record.DeadLetter)
		}
	}
	slices.SortFunc(letters, func(a, b DeadLetter) int {
		return cmp.Or(a.Time.Compare(b.Time), strings.Compare(a.Letter, b.Letter))
	})
	return letters, nil
}

// folders are the state folders of all shards, and that of a Folder without shards. The pattern is for
// their names alone: a path above may have any characters.
func (l FolderDeadLetters) folders() ([]string, error) {
	entries, err := os.ReadDir(l.state)
	if err != nil {
		return nil, fmt.Errorf("read state folder: %w", err)
	}
	folders := []string{l.state}
	for _, entry := range entries {
		switch is, err := filepath.Match(shardPattern, entry.Name()); {
		case err != nil:
			return nil, err
		case is:
			folders = append(folders, filepath.Join(l.state, entry.Name()))
		}
	}
	return folders, nil
}

// Get implements [DeadLetters].
func (l FolderDeadLetters) Get(_ context.Context, letter string) (DeadLetter, error) {
	record, _, _, err := l.find(letter)
	if err != nil {
		return DeadLetter{}, err
	}
	record.Payload, err = folderPayload(record.ID, record.Bytes)
	return record.DeadLetter, err
}

// find returns a letter, and where it lies.
func (l FolderDeadLetters) find(letter string) (record deadRecord, on shelf[deadRecord], key string, err error) {
	shard, key, isSharded := strings.Cut(letter, "/")
	folder := filepath.Join(l.state, shard)
	if !isSharded {
		folder, key = l.state, letter
	}
	if isSharded && !filepath.IsLocal(shard) || key == "" || strings.ContainsAny(key, `/\`) {
		return record, on, key, ErrNotFound
	}
	on = shelf[deadRecord]{filepath.Join(folder, deadFolder)}
	record, err = on.get(key)
	if errors.Is(err, fs.ErrNotExist) || err == nil && record.Dropped {
		return record, on, key, ErrNotFound
	}
	record.Letter = letter
	return record, on, key, err
}

// Replay implements [DeadLetters].
func (l FolderDeadLetters) Replay(_ context.Context, letter string) error {
	_, on, key, err := l.find(letter)
	if err != nil {
		return err
	}
	return errors.Join(on.remove(key), on.sync())
}

// Drop implements [DeadLetters]. The file is not tried again unless it changes.
func (l FolderDeadLetters) Drop(_ context.Context, letter string) error {
	record, on, key, err := l.find(letter)
	if err != nil {
		return err
	}
	record.Dropped = true
	return errors.Join(on.put(key, record), on.sync())
}

// Close implements [DeadLetters].
func (l FolderDeadLetters) Close() error { return nil }
