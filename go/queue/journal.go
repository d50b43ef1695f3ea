package queue

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// fingerprint tells one content of a file from the next.
type fingerprint struct {
	Bytes   int64     `json:"bytes"`
	ModTime time.Time `json:"modTime"`
}

func (f fingerprint) same(g fingerprint) bool {
	return f.Bytes == g.Bytes && f.ModTime.Equal(g.ModTime)
}

// trace is what a killed run leaves of a task: how many runs were killed while it was in
// flight. In a marker it counts the runs before the present one.
type trace struct {
	ID    string `json:"id"`
	Kills int    `json:"kills"`
	fingerprint
}

// journal is the state folder of a Folder queue. It is held by one process at a time.
//
//	lock        held while a process uses the folder
//	in-flight/  a marker for every task that is delivered and not settled
//	suspects/   tasks that were in flight in a killed run and are not settled since
//	dead/       dead letters
type journal struct {
	lock     *os.File
	inFlight shelf[trace]
	suspects shelf[trace]
	dead     shelf[deadRecord]
}

// deadFolder is where dead letters lie in a state folder.
const deadFolder = "dead"

// openJournal takes the lock; the caller closes the journal.
func openJournal(folder string) (j *journal, err error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, fmt.Errorf("make state folder: %w", err)
	}
	j = new(journal)
	if j.lock, err = lockFolder(folder); err != nil {
		return nil, err
	}
	var errs [3]error
	j.inFlight, errs[0] = openShelf[trace](filepath.Join(folder, "in-flight"))
	j.suspects, errs[1] = openShelf[trace](filepath.Join(folder, "suspects"))
	j.dead, errs[2] = openShelf[deadRecord](filepath.Join(folder, deadFolder))
	if err := errors.Join(errs[:]...); err != nil {
		return nil, errors.Join(err, j.close())
	}
	return j, nil
}

func lockFolder(folder string) (*os.File, error) {
	path := filepath.Join(folder, "lock")
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("lock state folder: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := os.ReadFile(path)
		_ = file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("state folder %s: wanted for this worker alone, got one in use by %s. "+
				"Stop that worker, or give this one another state folder", folder, holderName(string(holder)))
		}
		return nil, fmt.Errorf("lock state folder %s: %w", folder, err)
	}
	if err := writeHolder(file); err != nil {
		return nil, errors.Join(fmt.Errorf("lock state folder %s: %w", folder, err), file.Close())
	}
	return file, nil
}

func holderName(pid string) string {
	if pid = strings.TrimSpace(pid); pid != "" {
		return "process " + pid
	}
	return "another process"
}

func writeHolder(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err := file.WriteAt(fmt.Appendf(nil, "%d\n", os.Getpid()), 0)
	return err
}

// close gives up the lock. The file stays: removing it would let two processes hold one each.
func (j *journal) close() error { return j.lock.Close() }

// suspect turns the markers that a killed run left into suspects, and returns all suspects by
// key. A kill in the middle of it counts nothing twice, as a marker says how often before.
func (j *journal) suspect() (map[string]trace, error) {
	markers, err := j.inFlight.all()
	if err != nil {
		return nil, err
	}
	for key, marker := range markers {
		marker.Kills++
		if err := j.suspects.put(key, marker); err != nil {
			return nil, err
		}
	}
	if err := j.suspects.sync(); err != nil {
		return nil, err
	}
	for key := range markers {
		if err := j.inFlight.remove(key); err != nil {
			return nil, err
		}
	}
	return j.suspects.all()
}
