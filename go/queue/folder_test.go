package queue_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"capstan/queue"
)

// folders are an input and a state folder that outlive the queues opened on them.
type folders struct {
	*testing.T
	input, state string
}

func newFolders(t *testing.T, files ...string) folders {
	f := folders{t, t.TempDir(), t.TempDir()}
	for _, name := range files {
		f.write(name, name)
	}
	return f
}

func (f folders) write(name, content string) {
	f.Helper()
	path := filepath.Join(f.input, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		f.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		f.Fatal(err)
	}
}

func (f folders) config() queue.FolderConfig {
	return queue.FolderConfig{Input: f.input, State: f.state, AckWait: time.Minute, ExitWhenIdle: true}
}

func (f folders) open() *queue.Folder {
	f.Helper()
	q, err := queue.OpenFolder(f.config())
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = q.Close() })
	return q
}

// killed is a run that ends with these tasks in flight, and nothing settled.
func (f folders) killed(max int, want ...string) {
	f.Helper()
	q := f.open()
	batch, err := q.Fetch(f.Context(), max)
	if err != nil {
		f.Fatal(err)
	}
	f.equal(names(batch), want)
	f.must(q.Close())
}

// finish runs until nothing is left, and gives every batch that was fetched and every reason
// that the queue gave to send a task to the dead letter.
func (f folders) finish(q *queue.Folder) (batches [][]string, dead map[string]string) {
	f.Helper()
	dead = map[string]string{}
	for {
		batch, err := q.Fetch(f.Context(), 100)
		if errors.Is(err, io.EOF) {
			f.must(q.Close())
			return batches, dead
		}
		f.must(err)
		batches = append(batches, names(batch))
		for _, d := range batch {
			if d.DeadReason != "" {
				dead[d.ID] = d.DeadReason
				f.must(q.Dead(f.Context(), d, d.DeadReason))
				continue
			}
			f.must(q.Ack(f.Context(), d))
		}
	}
}

func (f folders) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func (f folders) equal(got, want []string) {
	f.Helper()
	if !slices.Equal(got, want) {
		f.Fatalf("got %q, want %q", got, want)
	}
}

func (f folders) records(shelf string) []string {
	f.Helper()
	entries, err := os.ReadDir(filepath.Join(f.state, shelf))
	f.must(err)
	var found []string
	for _, entry := range entries {
		found = append(found, entry.Name())
	}
	return found
}

func names(batch []queue.Delivery) []string {
	var ids []string
	for _, d := range batch {
		ids = append(ids, d.ID)
	}
	return ids
}

func TestFolderTakesFilesBelowIt(t *testing.T) {
	f := newFolders(t, "b.jpg", "a/deep/c.jpg", "a/.hidden", ".git/config", "ümlaut ☃.png", "100%.jpg")
	f.must(os.Symlink(filepath.Join(f.input, "b.jpg"), filepath.Join(f.input, "link.jpg")))
	f.must(os.Symlink(filepath.Join(f.input, "a"), filepath.Join(f.input, "link to folder")))
	f.must(os.Symlink("nowhere", filepath.Join(f.input, "broken link")))
	f.must(syscall.Mkfifo(filepath.Join(f.input, "pipe"), 0o644))
	q := f.open()
	f.equal(q.Inventory().Skipped, []string{"broken link", "link to folder", "pipe"})
	batch, err := q.Fetch(t.Context(), 100)
	f.must(err)
	f.equal(names(batch), []string{"100%.jpg", "a/deep/c.jpg", "b.jpg", "link.jpg", "ümlaut ☃.png"})
	if got, want := string(batch[1].Payload), `{"path":"a/deep/c.jpg","bytes":12}`; got != want {
		t.Fatalf("payload %s, want %s", got, want)
	}
	if q.Inventory().Tasks != len(batch) {
		t.Fatalf("inventory says %d tasks, %d were delivered", q.Inventory().Tasks, len(batch))
	}
}

func TestFolderLeavesItsStateAlone(t *testing.T) {
	f := newFolders(t, "a.jpg")
	f.state = filepath.Join(f.input, "state")
	batches, _ := f.finish(f.open())
	f.equal(slices.Concat(batches...), []string{"a.jpg"})
}

func TestFolderLeavesItsStateAloneByWhateverPath(t *testing.T) {
	f := newFolders(t, "a.jpg")
	link := filepath.Join(t.TempDir(), "link")
	f.must(os.Symlink(f.input, link))
	real := f.input
	t.Chdir(real)
	for _, c := range []struct{ input, state string }{
		{link, filepath.Join(link, "state")},
		{real, filepath.Join(link, "state")},
		{link, filepath.Join(real, "state")},
		{".", filepath.Join(link, "state")},
		{link, "state"},
	} {
		f.input, f.state = c.input, c.state
		for range 2 { // the second finds the state of the first
			batches, _ := f.finish(f.open())
			f.equal(slices.Concat(batches...), []string{"a.jpg"})
		}
	}
}

func TestFolderMarksWhatIsInFlight(t *testing.T) {
	f := newFolders(t, "a.jpg", "b.jpg", "c.jpg", "d.jpg")
	q := f.open()
	batch, err := q.Fetch(t.Context(), 4)
	f.must(err)
	f.equal(f.records("in-flight"), []string{"a.jpg.json", "b.jpg.json", "c.jpg.json", "d.jpg.json"})
	f.must(q.Ack(t.Context(), batch[0]))
	f.must(q.Nak(t.Context(), batch[1], time.Hour))
	f.must(q.Release(t.Context(), batch[2]))
	f.must(q.Dead(t.Context(), batch[3], "corrupt"))
	f.equal(f.records("in-flight"), nil)
	f.equal(f.records("dead"), []string{"d.jpg.json"})
}

func TestFolderDeliversSuspectsAloneAndLast(t *testing.T) {
	f := newFolders(t, "a", "b", "c", "d")
	f.killed(2, "a", "b")
	batches, dead := f.finish(f.open())
	if len(batches) != 3 || len(dead) > 0 {
		t.Fatalf("batches %q, dead %q; want the others, then each suspect alone", batches, dead)
	}
	f.equal(batches[0], []string{"c", "d"})
	f.equal(slices.Concat(batches[1:]...), []string{"a", "b"})
	f.equal(f.records("suspects"), nil)
}

func TestFolderSendsToTheDeadLetterWhatWasInFlightInTwoKilledRuns(t *testing.T) {
	f := newFolders(t, "innocent", "killer", "other")
	f.killed(2, "innocent", "killer")
	q := f.open() // suspects come alone: first `innocent`, then `killer`
	f.must(q.Ack(t.Context(), fetchOne(t, q)))
	f.must(q.Ack(t.Context(), fetchOne(t, q)))
	if d := fetchOne(t, q); d.ID != "killer" {
		t.Fatalf("fetched %q, want the killer alone", d.ID)
	}
	f.must(q.Close())

	q = f.open()
	batches, dead := f.finish(q)
	f.equal(batches[0], []string{"innocent", "killer", "other"})
	if len(dead) != 1 || !strings.Contains(dead["killer"], "2 killed runs") {
		t.Fatalf("dead %q, want the killer, with the kills as the reason", dead)
	}
	known := f.open().Inventory()
	if len(known.Dead) != 1 || known.Dead[0].Kills != 2 || known.Dead[0].Attempts != 2 || known.Tasks != 2 {
		t.Fatalf("inventory %+v, want one known dead of 2 kills and 2 tasks", known)
	}
}

func TestFolderCountsAKillOnlyForWhatWasInFlight(t *testing.T) {
	f := newFolders(t, "a", "b", "c")
	f.killed(1, "a")
	f.killed(1, "b") // `a` is a suspect, and waits
	f.killed(1, "c")
	_, dead := f.finish(f.open())
	if len(dead) > 0 {
		t.Fatalf("dead %q, want none: each was in flight in one killed run", dead)
	}
}

func TestFolderTriesADeadFileAgainOnceItChanged(t *testing.T) {
	f := newFolders(t, "a.jpg")
	q := f.open()
	f.must(q.Dead(t.Context(), fetchOne(t, q), "corrupt"))
	f.must(q.Close())

	q = f.open()
	if found := q.Inventory(); found.Tasks != 0 || len(found.Dead) != 1 || found.Dead[0].Reason != "corrupt" {
		t.Fatalf("inventory %+v, want one known dead", found)
	}
	f.must(q.Close())

	f.write("a.jpg", "repaired")
	q = f.open()
	if found := q.Inventory(); found.Tasks != 1 || len(found.Dead) != 0 {
		t.Fatalf("inventory %+v, want one task", found)
	}
	f.equal(f.records("dead"), nil)
}

func TestFolderGivesAChangedSuspectAFreshStart(t *testing.T) {
	f := newFolders(t, "a")
	f.killed(1, "a")
	f.write("a", "smaller now")
	f.killed(1, "a")
	_, dead := f.finish(f.open())
	if len(dead) > 0 {
		t.Fatalf("dead %q, want none: it was in flight in one killed run since it changed", dead)
	}
}

func TestFolderForgetsASuspectThatIsGone(t *testing.T) {
	f := newFolders(t, "a", "b")
	f.killed(1, "a")
	f.must(os.Remove(filepath.Join(f.input, "a")))
	batches, _ := f.finish(f.open())
	f.equal(slices.Concat(batches...), []string{"b"})
	f.equal(f.records("suspects"), nil)
}

func TestFolderFailsWhileAnotherHoldsTheState(t *testing.T) {
	f := newFolders(t, "a")
	first := f.open()
	_, err := queue.OpenFolder(f.config())
	if err == nil || !strings.Contains(err.Error(), "in use by process") || !strings.Contains(err.Error(), f.state) {
		t.Fatalf("error %v, want the folder and the process that holds it", err)
	}
	f.must(first.Close())
	f.open()
}

func TestFolderWatchesForNewAndChangedFiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFolders(t, "a")
		config := f.config()
		config.ExitWhenIdle, config.Poll = false, 10*time.Second
		q, err := queue.OpenFolder(config)
		f.must(err)
		defer q.Close()
		a := fetchOne(t, q)
		f.write("a", "changed while in flight")
		f.write("b", "new")
		start := time.Now()
		if d := fetchOne(t, q); d.ID != "b" || time.Since(start) != 10*time.Second || d.Waited != 10*time.Second {
			t.Fatalf("fetched %q after %v, want b at the poll", d.ID, time.Since(start))
		}
		f.must(q.Ack(t.Context(), a))
		if d := fetchOne(t, q); d.ID != "a" || time.Since(start) != 20*time.Second {
			t.Fatalf("fetched %q after %v, want the changed file at the next poll", d.ID, time.Since(start))
		}
	})
}

func TestFolderAddsNothingToASuspectInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFolders(t, "suspect")
		f.killed(1, "suspect")
		config := f.config()
		config.ExitWhenIdle = false
		q, err := queue.OpenFolder(config)
		f.must(err)
		defer q.Close()
		suspect := fetchOne(t, q)
		f.write("new", "new")
		ctx, cancel := context.WithTimeout(t.Context(), 3*queue.DefaultPoll)
		defer cancel()
		if batch, err := q.Fetch(ctx, 1); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("fetched %q beside the suspect, error %v", names(batch), err)
		}
		f.must(q.Ack(t.Context(), suspect))
		f.equal([]string{fetchOne(t, q).ID}, []string{"new"})
	})
}

func TestFolderHandlesAnyName(t *testing.T) {
	long := strings.Repeat("x", 250)
	deep := strings.Repeat("long folder name/", 40) + long
	f := newFolders(t, long, deep, "a%2Fb", "a/b", "...dots", "quote\" and\nline", "caf\xe9.jpg")
	f.killed(100, "a/b", "a%2Fb", "caf\xe9.jpg", deep, "quote\" and\nline", long)
	_, dead := f.finish(f.open())
	if len(dead) != 1 || !strings.Contains(dead["caf\xe9.jpg"], "UTF-8") {
		t.Fatalf("dead %q, want only the name that JSON cannot carry", dead)
	}
	if known := f.open().Inventory(); len(known.Dead) != 1 || known.Dead[0].ID != "caf\uFFFD.jpg" {
		t.Fatalf("inventory %+v, want the odd name known as dead", known)
	}
}

func TestFolderDeadLetterSaysWhatDied(t *testing.T) {
	f := newFolders(t, "sub/a.jpg")
	q := f.open()
	f.must(q.Nak(t.Context(), fetchOne(t, q), 0))
	f.must(q.Dead(t.Context(), fetchOne(t, q), "corrupt"))
	text, err := os.ReadFile(filepath.Join(f.state, "dead", "sub%2Fa.jpg.json"))
	f.must(err)
	var letter queue.DeadLetter
	f.must(json.Unmarshal(text, &letter))
	info, err := os.Stat(filepath.Join(f.input, "sub/a.jpg"))
	f.must(err)
	if letter.ID != "sub/a.jpg" || letter.Reason != "corrupt" || letter.Attempts != 2 || letter.Bytes != info.Size() ||
		!letter.ModTime.Equal(info.ModTime()) {
		t.Fatalf("dead letter %s", text)
	}
}

func TestFolderFailsWithTheNameOfARecordThatIsNoJSON(t *testing.T) {
	f := newFolders(t, "a")
	f.must(f.open().Close())
	path := filepath.Join(f.state, "suspects", "a.json")
	f.must(os.WriteFile(path, []byte("{"), 0o644))
	if _, err := queue.OpenFolder(f.config()); err == nil || !strings.Contains(err.Error(), path) {
		t.Fatalf("error %v, want the record's path", err)
	}
}

func TestFolderRemovesWhatAKillLeftUnfinished(t *testing.T) {
	f := newFolders(t, "a")
	f.must(f.open().Close())
	f.must(os.WriteFile(filepath.Join(f.state, "in-flight", ".unfinished-123"), []byte("{"), 0o644))
	batches, dead := f.finish(f.open())
	f.equal(slices.Concat(batches...), []string{"a"})
	if len(dead) > 0 || len(f.records("in-flight")) > 0 {
		t.Fatalf("dead %q, left %q", dead, f.records("in-flight"))
	}
}

func TestFolderFailsOnBadConfiguration(t *testing.T) {
	if _, err := queue.OpenFolder(queue.FolderConfig{Poll: -1, MaxKills: -1}); err == nil {
		t.Fatal("no error")
	} else {
		for _, field := range []string{"Input", "State", "AckWait", "Poll", "MaxKills"} {
			if !strings.Contains(err.Error(), field) {
				t.Errorf("error %q does not name %s", err, field)
			}
		}
	}
	f := newFolders(t)
	f.input = filepath.Join(f.input, "missing")
	if _, err := queue.OpenFolder(f.config()); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Fatalf("error %v, want the missing input folder named", err)
	}
}
