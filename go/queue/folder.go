package queue

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
	"unicode/utf8"
)

const (
	// DefaultPoll is how often a Folder reads its input again, unless configured.
	DefaultPoll = 5 * time.Second
	// DefaultMaxKills is how many killed runs send a task to the dead letter, unless
	// configured: one kill may be bad luck, two point at the task.
	DefaultMaxKills = 2
)

// FolderConfig configures a [Folder] queue.
type FolderConfig struct {
	// Input is the folder whose regular files are the tasks, read recursively, in name
	// order. Names that begin with a dot are skipped, and so is State if it lies inside. A
	// symbolic link to a file is a task like the file; one to a folder is not followed, as
	// it could lead in a circle. A folder below Input that may not be read is skipped. A file that grows after it was seen is a changed file, and
	// is done again: put files in by renaming them.
	Input string
	// State is the folder for in-flight markers and dead letters; made if it is missing.
	// One process at a time, or one for each shard.
	State string
	// Shard is the part of the files that this process takes; several may have a folder each
	// below State.
	Shard Shard
	// AckWait is how long a delivery may stay unsettled without InProgress. More than 0.
	AckWait time.Duration
	// ExitWhenIdle makes Fetch return io.EOF when every file that was there at the start is
	// settled; otherwise the folder is read again every Poll.
	ExitWhenIdle bool
	// Poll is the time between two readings of Input. 0 means DefaultPoll.
	Poll time.Duration
	// MaxKills is the number of killed runs after which a task that was in flight in all of
	// them is not tried again. 0 means DefaultMaxKills.
	MaxKills int
}

// Inventory is what a Folder found when it was opened.
type Inventory struct {
	// Tasks is the number of files to do; those done in an earlier run are among them, as
	// only the handler knows.
	Tasks int
	// Dead are the files that an earlier run sent to the dead letter and that have not
	// changed since. They are not tried again.
	Dead []DeadLetter
	// Skipped are names that are neither a file nor a folder, links to folders or to
	// nothing, and folders and files that this process has no permission to look into.
	Skipped []string
}

// FolderCapabilities are those of a [Folder].
var FolderCapabilities = Capabilities{AckEach: true, Delay: true, Attempts: true, Heartbeat: true, DeadLetters: true}

// Folder takes every file below a folder as one task with the payload
// {"path": relative path with slashes, "bytes": size} and the path as its ID.
//
// Progress survives a kill: a marker is on disk before a task is delivered, and gone once it
// is settled. A task whose marker is left over was in flight when the process was killed. It
// becomes a suspect: it is delivered alone, with nothing else in flight and after all others,
// so that another kill can only be its own; after MaxKills killed runs it goes to the dead
// letter. Files that are done leave no trace: the handler recognizes its own output.
type Folder struct {
	config    FolderConfig
	input     string // absolute, without symbolic links
	schedule  *schedule
	journal   *journal
	inventory Inventory

	// mu orders what happens on disk: a marker that belongs to the latest delivery of a task
	// is never removed for an earlier one.
	mu       sync.Mutex
	files    map[string]*file
	nextPoll time.Time
	closed   bool
}

var (
	_ Queue   = (*Folder)(nil)
	_ Snoozer = (*Folder)(nil)
)

// file is what a Folder knows about one path, whether it is done, dead or pending.
type file struct {
	fingerprint
	key     string
	kills   int
	pending bool
	dead    bool // has a dead letter, unless that was replayed
}

// OpenFolder takes the state folder for this process, reads both folders, and sends to the dead
// letter what was in flight in too many killed runs. It fails when Input cannot be read, and
// when another process holds State.
func OpenFolder(c FolderConfig) (*Folder, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	if c.Poll == 0 {
		c.Poll = DefaultPoll
	}
	if c.MaxKills == 0 {
		c.MaxKills = DefaultMaxKills
	}
	input, err := realPath(c.Input)
	if err != nil {
		return nil, fmt.Errorf("open input folder: %w", err)
	}
	if info, err := os.Stat(input); err != nil {
		return nil, fmt.Errorf("open input folder: %w", err)
	} else if !info.IsDir() {
		return nil, fmt.Errorf("input folder %s: wanted a folder, got a file", c.Input)
	}
	j, err := openJournal(c.Shard.state(c.State))
	if err != nil {
		return nil, err
	}
	f := &Folder{
		config: c, input: input, journal: j,
		schedule: newSchedule(c.AckWait, 0, c.ExitWhenIdle),
		files:    make(map[string]*file),
	}
	if err := f.load(); err != nil {
		return nil, errors.Join(err, j.close())
	}
	return f, nil
}

// realPath is absolute, so that every path of a walk begins with it: those below "." do not.
func realPath(path string) (string, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(absolute)
}

func (c FolderConfig) validate() error {
	var errs []error
	refuse := func(format string, args ...any) { errs = append(errs, fmt.Errorf("folder queue: "+format, args...)) }
	if c.Input == "" {
		refuse("Input must be set")
	}
	if c.State == "" {
		refuse("State must be set")
	}
	if c.AckWait <= 0 {
		refuse("AckWait must be more than 0, got %v", c.AckWait)
	}
	if c.Poll < 0 {
		refuse("Poll must be 0 or more, got %v", c.Poll)
	}
	if c.MaxKills < 0 {
		refuse("MaxKills must be 0 or more, got %d", c.MaxKills)
	}
	return errors.Join(append(errs, c.Shard.validate())...)
}

// Inventory says what was found at the start.
func (f *Folder) Inventory() Inventory { return f.inventory }

// scan lists the files of this process.
func (f *Folder) scan() (listed []found, skipped []string, err error) {
	listed, skipped, err = scan(f.input, f.config.State)
	other := func(entry found) bool { return !f.config.Shard.Has(entry.id) }
	return slices.DeleteFunc(listed, other), skipped, err
}

// load reads both folders at the start.
func (f *Folder) load() error {
	suspects, err := f.journal.suspect()
	if err != nil {
		return err
	}
	dead, err := f.journal.dead.all()
	if err != nil {
		return err
	}
	listed, skipped, err := f.scan()
	if err != nil {
		return err
	}
	f.inventory.Skipped = skipped
	f.nextPoll = time.Now().Add(f.config.Poll)
	for _, entry := range listed {
		key := recordKey(entry.id)
		letter, isDead := dead[key]
		if isDead && entry.same(fingerprint{letter.Bytes, letter.ModTime}) {
			if !letter.Dropped {
				f.inventory.Dead = append(f.inventory.Dead, letter.DeadLetter)
			}
			f.files[entry.id] = &file{fingerprint: entry.fingerprint, key: key, dead: true}
			continue
		}
		suspect := suspects[key]
		if !suspect.same(entry.fingerprint) {
			suspect.Kills = 0
		} else {
			delete(suspects, key) // what stays in it is removed below
		}
		if err := f.admit(entry, suspect.Kills); err != nil {
			return err
		}
		f.inventory.Tasks++
	}
	for key := range suspects {
		if err := f.journal.suspects.remove(key); err != nil {
			return err
		}
	}
	return nil
}

// admit makes a new or changed file a task.
func (f *Folder) admit(entry found, kills int) error {
	key := recordKey(entry.id)
	if err := f.journal.dead.remove(key); err != nil {
		return err
	}
	payload, err := folderPayload(entry.id, entry.Bytes)
	if err != nil {
		return err
	}
	f.files[entry.id] = &file{fingerprint: entry.fingerprint, key: key, kills: kills, pending: true}
	t := task{id: entry.id, payload: payload, alone: kills > 0}
	switch {
	case kills >= f.config.MaxKills:
		t.alone, t.attempts = false, kills
		t.deadReason = fmt.Sprintf("in flight in %d killed runs; it may need more memory than the worker has", kills)
	case !utf8.ValidString(entry.id):
		t.deadReason = fmt.Sprintf("file name %q is not valid UTF-8; rename the file", entry.id)
	}
	return f.schedule.add(t, time.Time{})
}

// folderPayload is the payload of a file.
func folderPayload(id string, bytes int64) ([]byte, error) {
	payload, err := json.Marshal(struct {
		Path  string `json:"path"`
		Bytes int64  `json:"bytes"`
	}{id, bytes})
	if err != nil {
		return nil, fmt.Errorf("encode task %q: %w", id, err)
	}
	return payload, nil
}

// replayed says whether somebody took the dead letter of a settled file away.
func (f *Folder) replayed(known *file) (bool, error) {
	if known.pending || !known.dead {
		return false, nil
	}
	is, err := f.journal.dead.has(known.key)
	return !is && err == nil, err
}

// rescan finds files that are new or changed. A pending file is left alone until it is settled.
func (f *Folder) rescan() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Now().Before(f.nextPoll) || f.closed {
		return nil
	}
	listed, _, err := f.scan()
	if err != nil {
		return err
	}
	f.nextPoll = time.Now().Add(f.config.Poll)
	present := make(map[string]bool, len(listed))
	for _, entry := range listed {
		present[entry.id] = true
		known := f.files[entry.id]
		if known != nil && (known.pending || known.same(entry.fingerprint)) {
			if replayed, err := f.replayed(known); err != nil || !replayed {
				if err != nil {
					return err
				}
				continue
			}
		}
		if err := f.admit(entry, 0); err != nil {
			return err
		}
	}
	for id, known := range f.files {
		if !present[id] && !known.pending {
			delete(f.files, id)
		}
	}
	return nil
}
