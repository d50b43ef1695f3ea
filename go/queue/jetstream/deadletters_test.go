package jetstream_test

import (
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"capstan/queue"
	tested "capstan/queue/jetstream"
	"capstan/queue/jetstream/natstest"
)

// deadLetters are those of the queue that open opens.
func deadLetters(t *testing.T, server *natstest.Server, subject string) *tested.DeadLetters {
	t.Helper()
	return must[*tested.DeadLetters](t)(tested.OpenDeadLetters(t.Context(), server.Connect(), "tasks", "worker", subject))
}

// list expects so many letters.
func list(t *testing.T, letters *tested.DeadLetters, want int) []queue.DeadLetter {
	t.Helper()
	found := must[[]queue.DeadLetter](t)(letters.List(t.Context(), "", want+1))
	if len(found) != want {
		t.Fatalf("%d letters, want %d: %+v", len(found), want, found)
	}
	return found
}

func TestALetterNamesItsTaskAndAReplayDoesSoToo(t *testing.T) {
	server := natstest.Start(t)
	workQueue(server, "tasks")
	server.Stream(jetstream.StreamConfig{Name: "dead"})
	const id = " two\nlines "
	add(t, publisher(t, server, "tasks", "tasks"), id)
	q := open(t, server, tested.Config{Stream: "tasks", DeadLetterSubject: "dead"})
	if err := q.Dead(t.Context(), one(t, q), "corrupt"); err != nil {
		t.Fatal(err)
	}
	letters := deadLetters(t, server, "dead")
	letter := list(t, letters, 1)[0]
	if letter.ID != id {
		t.Errorf("the letter names %q", letter.ID)
	}
	if err := letters.Replay(t.Context(), letter.Letter); err != nil {
		t.Fatal(err)
	}
	if d := one(t, q); d.ID != id {
		t.Errorf("the task came again as %q", d.ID)
	}
}
