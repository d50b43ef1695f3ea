package queue_test

import (
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"capstan/queue"
	"capstan/queue/queuetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCapabilitiesAreThoseThatSynthReads(t *testing.T) {
	queuetest.CheckCapabilities(t, "memory", queue.MemoryCapabilities)
	queuetest.CheckCapabilities(t, "folder", queue.FolderCapabilities)
}

func TestMemoryConforms(t *testing.T) {
	queuetest.Run(t, queue.MemoryCapabilities, func(t *testing.T, ids ...string) queue.Queue {
		q, err := queue.NewMemory(queue.MemoryConfig{Capacity: 100, AckWait: queuetest.AckWait, ExitWhenIdle: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			if err := q.Enqueue(t.Context(), queue.Task{ID: id, Payload: []byte(`{}`), Headers: map[string]string{queuetest.Header: id}}); err != nil {
				t.Fatal(err)
			}
		}
		return q
	})
}

func TestFolderConforms(t *testing.T) {
	queuetest.Run(t, queue.FolderCapabilities, func(t *testing.T, ids ...string) queue.Queue {
		input := t.TempDir()
		for _, id := range ids {
			if err := os.WriteFile(filepath.Join(input, id), []byte(id), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		q, err := queue.OpenFolder(queue.FolderConfig{
			Input: input, State: t.TempDir(), AckWait: queuetest.AckWait, ExitWhenIdle: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		return q
	})
}
