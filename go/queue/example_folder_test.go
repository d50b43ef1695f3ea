package queue_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"capstan/queue"
)

// Each file is a task. One that died is not tried again before somebody replays its letter, or changes
// the file.
func ExampleOpenFolder() {
	folder, err := os.MkdirTemp("", "folder-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	input, state := filepath.Join(folder, "in"), filepath.Join(folder, "state")
	for _, name := range []string{"a.jpg", "b.jpg"} {
		if err := errors.Join(os.MkdirAll(input, 0o700), os.WriteFile(filepath.Join(input, name), nil, 0o600)); err != nil {
			panic(err)
		}
	}
	ctx := context.Background()
	work := func() {
		q, err := queue.OpenFolder(queue.FolderConfig{Input: input, State: state, AckWait: time.Minute, ExitWhenIdle: true})
		if err != nil {
			panic(err)
		}
		defer q.Close()
		fmt.Println(q.Inventory().Tasks, "to do,", len(q.Inventory().Dead), "dead")
		for {
			batch, err := q.Fetch(ctx, 1)
			if errors.Is(err, io.EOF) {
				return
			}
			if d := batch[0]; d.ID == "a.jpg" {
				err = q.Dead(ctx, d, "not a photo")
			} else {
				err = q.Ack(ctx, d)
			}
			if err != nil {
				panic(err)
			}
		}
	}
	work()
	work()

	letters, err := queue.OpenFolderDeadLetters(state)
	if err != nil {
		panic(err)
	}
	defer letters.Close()
	listed, err := letters.List(ctx, "", 10)
	for _, it := range listed {
		fmt.Println(it.ID, it.Reason, letters.Replay(ctx, it.Letter))
	}
	if err != nil {
		panic(err)
	}
	work()
	// Output:
	// 2 to do, 0 dead
	// 1 to do, 1 dead
	// a.jpg not a photo <nil>
	// 2 to do, 0 dead
}
