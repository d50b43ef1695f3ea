// Package effectlog is what a worker of the fault suite leaves behind of its work: a file of JSON
// lines, one process a file, on disk before the worker goes on.
package effectlog

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// Event is what a record says.
type Event string

const (
	// Begin and End are those of a handler.
	Begin Event = "begin"
	End   Event = "end"
	// Effect says that the effect of the task is in place.
	Effect Event = "effect"
)

// Record is one line.
type Record struct {
	Event   Event  `json:"event"`
	ID      string `json:"id"`
	Attempt int    `json:"attempt"`
	PID     int    `json:"pid"`
	// InFlight is how many handlers of the process are between Begin and End, this one included.
	InFlight int `json:"inFlight"`
	// At is Unix time in nanoseconds.
	At int64 `json:"at"`
}

// Log writes records of one process. Its methods may be called from any number of goroutines.
type Log struct {
	mu       sync.Mutex
	file     *os.File
	inFlight int
}

// Open appends to the file at path, which it makes.
func Open(path string) (*Log, error) {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("effect log: %w", err)
	}
	return &Log{file: file}, nil
}

// Begin notes the begin of a handler; end notes its end.
func (l *Log) Begin(id string, attempt int) (end func() error, err error) {
	if err := l.add(Begin, id, attempt, 1); err != nil {
		return nil, err
	}
	return func() error { return l.add(End, id, attempt, -1) }, nil
}

// Effect returns once the effect is on disk.
func (l *Log) Effect(id string, attempt int) error {
	if err := l.add(Effect, id, attempt, 0); err != nil {
		return err
	}
	return l.file.Sync()
}

func (l *Log) add(event Event, id string, attempt, change int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	shown := l.inFlight + max(change, 0)
	l.inFlight += change
	line, err := json.Marshal(Record{event, id, attempt, os.Getpid(), shown, time.Now().UnixNano()})
	if err != nil {
		return err
	}
	_, err = l.file.Write(append(line, '\n'))
	return err
}

// Read gives the whole records of a file; a process that was killed may have left half a line at
// the end. A file that is not there has none.
func Read(path string) ([]Record, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var records []Record
	lines := bufio.NewScanner(bytes.NewReader(text[:bytes.LastIndexByte(text, '\n')+1]))
	for lines.Scan() {
		var r Record
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		records = append(records, r)
	}
	return records, lines.Err()
}
