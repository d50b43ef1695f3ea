package queue

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

// openedFolder is a watching folder with one file, and the path of that file.
func openedFolder(t *testing.T) (f *Folder, path string) {
	t.Helper()
	input := t.TempDir()
	path = filepath.Join(input, "a")
	if err := os.WriteFile(path, []byte("a"), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := OpenFolder(FolderConfig{Input: input, State: t.TempDir(), AckWait: time.Second, Poll: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f, path
}

// takeUnmarked does the first half of a Fetch: it takes a task, and writes no marker.
func takeUnmarked(t *testing.T, f *Folder) []Delivery {
	t.Helper()
	batch, err := f.schedule.next(t.Context(), 1, time.Time{})
	if err != nil || len(batch) != 1 {
		t.Fatalf("took %v, %v; want one task", batch, err)
	}
	return batch
}

func TestFolderDropsWhatAnotherFetcherSettledBeforeItIsMarked(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"file is gone": os.Remove,
		"file is new":  func(path string) error { return os.WriteFile(path, []byte("changed"), 0o644) },
		"file is done": func(string) error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, path := openedFolder(t)
				late := takeUnmarked(t, f)
				time.Sleep(2 * time.Second) // its lease runs out
				again, err := f.Fetch(t.Context(), 1)
				if err != nil {
					t.Fatal(err)
				}
				if err := f.Ack(t.Context(), again[0]); err != nil {
					t.Fatal(err)
				}
				if err := change(path); err != nil {
					t.Fatal(err)
				}
				if err := f.rescan(); err != nil {
					t.Fatal(err)
				}
				if left, err := f.mark(late); err != nil || len(left) > 0 {
					t.Errorf("left %v, %v; want nothing", left, err)
				}
				if markers, err := f.journal.inFlight.list(); err != nil || len(markers) > 0 {
					t.Errorf("markers %v, %v; want none, as nothing is in flight", markers, err)
				}
			})
		})
	}
}

func TestFolderMarksADeliveryWhoseLeaseRanOutMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, _ := openedFolder(t)
		late := takeUnmarked(t, f)
		time.Sleep(2 * time.Second)
		if left, err := f.mark(late); err != nil || len(left) != 1 {
			t.Errorf("left %v, %v; want the delivery: nobody has settled its task", left, err)
		}
		if err := f.Ack(t.Context(), late[0]); err != nil {
			t.Error(err)
		}
	})
}
