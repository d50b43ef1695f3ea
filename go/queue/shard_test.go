package queue_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"capstan/queue"
)

func TestShardsPartTheTasks(t *testing.T) {
	const tasks, count = 10_000, 7
	var sizes [count]int
	for i := range tasks {
		owners := 0
		for index := range count {
			if (queue.Shard{Index: index, Count: count}).Has(fmt.Sprintf("photos/%d.jpg", i)) {
				owners++
				sizes[index]++
			}
		}
		if owners != 1 {
			t.Fatalf("task %d is in %d shards", i, owners)
		}
	}
	for index, size := range sizes {
		if size < tasks/count*8/10 || size > tasks/count*12/10 {
			t.Errorf("shard %d has %d of %d tasks", index, size, tasks)
		}
	}
}

func TestFoldersOfSeveralShardsWorkSideBySide(t *testing.T) {
	input := t.TempDir()
	state := filepath.Join(input, "state")
	var names []string
	for i := range 40 {
		names = append(names, fmt.Sprintf("photo%02d.jpg", i))
		if err := os.WriteFile(filepath.Join(input, names[i]), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for round := range 2 { // the second finds the state of the first
		got = nil
		var open []*queue.Folder
		for index := range 3 {
			q, err := queue.OpenFolder(queue.FolderConfig{
				Input: input, State: state, AckWait: time.Minute, ExitWhenIdle: true, Shard: queue.Shard{Index: index, Count: 3},
			})
			if err != nil {
				t.Fatalf("round %d: %v", round, err)
			}
			open = append(open, q)
		}
		for _, q := range open {
			for {
				batch, err := q.Fetch(t.Context(), 5)
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range batch {
					got = append(got, d.ID)
					if err := q.Ack(t.Context(), d); err != nil {
						t.Fatal(err)
					}
				}
			}
			if err := q.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, names) {
		t.Fatalf("three shards did %q", got)
	}
}

func TestOpenFolderFailsForAShardBeyondTheLast(t *testing.T) {
	for _, shard := range []queue.Shard{{Index: 3, Count: 3}, {Index: -1, Count: 3}, {Index: 1}} {
		_, err := queue.OpenFolder(queue.FolderConfig{Input: t.TempDir(), State: t.TempDir(), AckWait: time.Minute, Shard: shard})
		if err == nil {
			t.Errorf("%+v: no error", shard)
		}
	}
}
