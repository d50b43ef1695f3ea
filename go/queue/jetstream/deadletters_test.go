package jetstream_test

import (
	"errors"
	"maps"
	"math"
	"strconv"
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

func TestListGivesTheLettersBehindANumber(t *testing.T) {
	server := natstest.Start(t)
	workQueue(server, "tasks")
	server.Stream(jetstream.StreamConfig{Name: "dead"})
	publish(t, server, "tasks", "a", "b")
	q := open(t, server, tested.Config{Stream: "tasks", DeadLetterSubject: "dead"})
	for range 2 {
		if err := q.Dead(t.Context(), one(t, q), "corrupt"); err != nil {
			t.Fatal(err)
		}
	}
	letters := deadLetters(t, server, "dead")
	for after, want := range map[string]int{"": 2, "1": 1, "2": 0, "99": 0, strconv.FormatUint(math.MaxUint64-1, 10): 0, strconv.FormatUint(math.MaxUint64, 10): 0} {
		if found := must[[]queue.DeadLetter](t)(letters.List(t.Context(), after, 10)); len(found) != want {
			t.Errorf("after %q: %d letters, want %d", after, len(found), want)
		}
	}
	for _, after := range []string{"0", "-1", "x", "18446744073709551616"} {
		if _, err := letters.List(t.Context(), after, 10); !errors.Is(err, queue.ErrNotFound) {
			t.Errorf("after %q: error %v, want ErrNotFound", after, err)
		}
	}
}

// makeAgain makes the stream tasks once more, as somebody does who removed it.
func makeAgain(t *testing.T, server *natstest.Server) {
	t.Helper()
	if err := server.JetStream().DeleteStream(t.Context(), "tasks"); err != nil {
		t.Fatal(err)
	}
	workQueue(server, "tasks")
}

func TestAStreamThatIsMadeAgainHasLettersOfItsOwn(t *testing.T) {
	server := natstest.Start(t)
	workQueue(server, "tasks")
	server.Stream(jetstream.StreamConfig{Name: "dead"})
	bury := func(id string) {
		t.Helper()
		publish(t, server, "tasks", id)
		q := open(t, server, tested.Config{Stream: "tasks", DeadLetterSubject: "dead"})
		defer q.Close()
		if err := q.Dead(t.Context(), one(t, q), "corrupt"); err != nil {
			t.Fatal(err)
		}
	}
	bury("first")
	makeAgain(t, server)
	bury("second")
	if found := list(t, deadLetters(t, server, "dead"), 2); found[0].ID != "first" || found[1].ID != "second" {
		t.Fatalf("letters of %+v", found)
	}
}

func TestATaskThatIsBuriedTwiceMakesOneLetter(t *testing.T) {
	server := natstest.Start(t)
	workQueue(server, "tasks")
	server.Stream(jetstream.StreamConfig{Name: "dead"})
	publish(t, server, "tasks", "a")
	q := open(t, server, tested.Config{Stream: "tasks", DeadLetterSubject: "dead"})
	for _, d := range []queue.Delivery{one(t, q), one(t, q)} { // the second when the lease of the first ran out
		if err := q.Dead(t.Context(), d, "corrupt"); err != nil {
			t.Fatal(err)
		}
	}
	list(t, deadLetters(t, server, "dead"), 1)
}

func TestALetterAndItsReplayKeepIDAndHeaders(t *testing.T) {
	server := natstest.Start(t)
	workQueue(server, "tasks")
	// Such a stream answers as the server does: with headers, and the message's own among them.
	server.Stream(jetstream.StreamConfig{Name: "dead", AllowDirect: true})
	q := open(t, server, tested.Config{Stream: "tasks", DeadLetterSubject: "dead"})
	letters := deadLetters(t, server, "dead")
	p := publisher(t, server, "tasks", "tasks")
	for name, task := range map[string]func(*testing.T){
		"one with an id of two lines": func(t *testing.T) { add(t, p, " two\nlines ") },
		"one with any headers": func(t *testing.T) {
			headers := map[string]string{"": "none", "a\r\nb": "c\r\nd", "\xff": "\xfe\x00", " pad ": " x ", "plain": "1", "a&b=c": "%&="}
			if err := p.Publish(t.Context(), queue.Task{ID: "any", Payload: []byte(`{}`), Headers: headers}); err != nil {
				t.Fatal(err)
			}
		},
		"one with the server's own header": func(t *testing.T) {
			if err := p.Publish(t.Context(), queue.Task{ID: "empty", Headers: map[string]string{"Status": "404"}}); err != nil {
				t.Fatal(err)
			}
		},
		"a foreign one with names that are no tokens": func(t *testing.T) {
			publishRaw(t, server, `{}`, "with space: 1", "é: 1", "tab\t: 1", " lead: 1", "a@b: 1", `"q": 1`, "plain: 1", "pad: x \t")
		},
		"a foreign one with two headers of a name": func(t *testing.T) { publishRaw(t, server, `{}`, "a: 1", "a: 2") },
	} {
		t.Run(name, func(t *testing.T) {
			task(t)
			d := one(t, q)
			same := func(what, id string, headers map[string]string) {
				t.Helper()
				if id != d.ID || !maps.Equal(headers, d.Headers) {
					t.Errorf("%s is %q with %q, wanted %q with %q", what, id, headers, d.ID, d.Headers)
				}
			}
			if err := q.Dead(t.Context(), d, "corrupt"); err != nil {
				t.Fatal(err)
			}
			name := list(t, letters, 1)[0].Letter
			letter := must[queue.DeadLetter](t)(letters.Get(t.Context(), name))
			same("the letter", letter.ID, letter.Headers)
			if err := letters.Replay(t.Context(), name); err != nil {
				t.Fatal(err)
			}
			again := one(t, q)
			same("the task that came again", again.ID, again.Headers)
			if err := q.Ack(t.Context(), again); err != nil {
				t.Fatal(err)
			}
		})
	}
}
