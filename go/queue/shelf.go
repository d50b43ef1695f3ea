package queue

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"capstan/durable"
)

// shelf is a folder of JSON records, one file for each task.
type shelf[R any] struct{ folder string }

func openShelf[R any](folder string) (shelf[R], error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return shelf[R]{}, fmt.Errorf("make state folder: %w", err)
	}
	return shelf[R]{folder}, nil
}

// put writes the record under key. It survives a kill at once, and a power loss after sync.
func (s shelf[R]) put(key string, record R) error {
	text, err := json.Marshal(record)
	if err != nil {
		return fmt.Errorf("encode record of %q: %w", key, err)
	}
	return durable.WriteFile(s.path(key), append(text, '\n'))
}

// get reads the record under key, or returns an error that wraps [fs.ErrNotExist].
func (s shelf[R]) get(key string) (record R, err error) {
	text, err := os.ReadFile(s.path(key))
	if err != nil {
		return record, fmt.Errorf("read record: %w", err)
	}
	if err := json.Unmarshal(text, &record); err != nil {
		return record, fmt.Errorf("record %s is not readable: %w", s.path(key), err)
	}
	return record, nil
}

// has says whether there is a record under key.
func (s shelf[R]) has(key string) (bool, error) {
	_, err := os.Stat(s.path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func (s shelf[R]) sync() error { return durable.SyncFolder(s.folder) }

// remove forgets the record under key, if there is one.
func (s shelf[R]) remove(key string) error {
	if err := os.Remove(s.path(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove record: %w", err)
	}
	return nil
}

// all reads every record, by key, and removes what a kill left unfinished: for the process that
// writes them.
func (s shelf[R]) all() (map[string]R, error) {
	entries, err := os.ReadDir(s.folder)
	if err != nil {
		return nil, fmt.Errorf("read state folder: %w", err)
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), durable.TempPrefix) {
			if err := os.Remove(filepath.Join(s.folder, entry.Name())); err != nil {
				return nil, fmt.Errorf("remove unfinished record: %w", err)
			}
		}
	}
	return s.list()
}

// list reads every record, by key, while another process may write them.
func (s shelf[R]) list() (map[string]R, error) {
	entries, err := os.ReadDir(s.folder)
	if err != nil {
		return nil, fmt.Errorf("read state folder: %w", err)
	}
	records := make(map[string]R, len(entries))
	for _, entry := range entries {
		path := filepath.Join(s.folder, entry.Name())
		key, ok := strings.CutSuffix(entry.Name(), recordSuffix)
		if !ok || strings.HasPrefix(entry.Name(), durable.TempPrefix) {
			continue
		}
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed since
		}
		if err != nil {
			return nil, fmt.Errorf("read record: %w", err)
		}
		var record R
		if err := json.Unmarshal(text, &record); err != nil {
			return nil, fmt.Errorf("record %s is not readable: %w. Remove it; its task is then tried afresh", path, err)
		}
		records[key] = record
	}
	return records, nil
}

const recordSuffix = ".json"

func (s shelf[R]) path(key string) string { return filepath.Join(s.folder, key+recordSuffix) }

const (
	longestKey = 200 // with suffix and temporary prefix well below the 255 bytes of a file name
	keptOfLong = 120
)

// recordKey is a file name for any id: letters, digits, '-', '_' and inner dots as they are,
// every other byte as %XX. What gets too long is cut and ends in '~' and its SHA-256. Distinct
// ids have distinct keys, as '~' is otherwise escaped.
func recordKey(id string) string {
	var key strings.Builder
	for i := range len(id) {
		c := id[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.' && i > 0:
			key.WriteByte(c)
		default:
			fmt.Fprintf(&key, "%%%02X", c)
		}
	}
	if key.Len() <= longestKey {
		return key.String()
	}
	sum := sha256.Sum256([]byte(id))
	return key.String()[:keptOfLong] + "~" + hex.EncodeToString(sum[:])
}
