package redis_test

import (
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"capstan/queue"
	"capstan/queue/queuetest"
	tested "capstan/queue/redis"
	"capstan/queue/redis/redistest"
)

// bury publishes and buries tasks of these ids.
func bury(t *testing.T, server *redistest.Server, stream string, ids ...string) {
	t.Helper()
	publish(t, server, stream, ids...)
	q := open(t, server, tested.Config{Stream: stream, DeadLetterStream: "dead"})
	for range ids {
		d := one(t, q)
		if err := q.Dead(t.Context(), d, "corrupt "+d.ID+"\nstack 1\nstack 2"); err != nil {
			t.Fatal(err)
		}
	}
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
}

func letters(server *redistest.Server, stream string) *tested.DeadLetters {
	return tested.OpenDeadLetters(server.Client(), "dead", stream, "worker")
}

func TestDeadLettersAreReadByAClientOfDefaults(t *testing.T) {
	server := redistest.Start(t)
	bury(t, server, "tasks", "a", "b")
	l := tested.OpenDeadLetters(goredis.NewClient(&goredis.Options{Addr: server.Address}), "dead", "tasks", "worker")
	defer l.Close()
	list := must[[]queue.DeadLetter](t)(l.List(t.Context(), "", 10))
	if len(list) != 2 {
		t.Fatalf("letters %+v", list)
	}
	if letter := must[queue.DeadLetter](t)(l.Get(t.Context(), list[0].Letter)); letter.ID != "a" || string(letter.Payload) != `{"id":"a"}` {
		t.Errorf("letter %+v", letter)
	}
	for name, err := range map[string]error{"replay": l.Replay(t.Context(), list[0].Letter), "drop": l.Drop(t.Context(), list[1].Letter)} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDeadLettersAreListedInPages(t *testing.T) {
	server := redistest.Start(t)
	bury(t, server, "others", "x", "y")
	bury(t, server, "tasks", "a", "b", "c")
	bury(t, server, "others", "z")
	bury(t, server, "tasks", "d")
	l := letters(server, "tasks")
	var got []string
	for after := ""; ; {
		page, err := l.List(t.Context(), after, 3)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, letter := range page {
			got = append(got, letter.ID)
			if letter.Reason != "corrupt "+letter.ID || letter.Detail != "stack 1\nstack 2" || letter.Attempts != 1 || letter.Bytes != 10 ||
				letter.Payload != nil || letter.Headers != nil || time.Since(letter.Time).Abs() > time.Minute {
				t.Errorf("letter %+v", letter)
			}
		}
		after = page[len(page)-1].Letter
	}
	if fmt.Sprint(got) != "[a b c d]" {
		t.Errorf("listed %q", got)
	}
}

func TestADeadLetterIsShownReplayedAndDropped(t *testing.T) {
	server := redistest.Start(t)
	bury(t, server, "tasks", "a", "b")
	l := letters(server, "tasks")
	list := must[[]queue.DeadLetter](t)(l.List(t.Context(), "", 10))
	letter := must[queue.DeadLetter](t)(l.Get(t.Context(), list[0].Letter))
	if string(letter.Payload) != `{"id":"a"}` || letter.Bytes != 10 || letter.ID != "a" || !maps.Equal(letter.Headers, map[string]string{queuetest.Header: "a"}) {
		t.Errorf("letter %+v", letter)
	}
	if err := l.Replay(t.Context(), letter.Letter); err != nil {
		t.Fatal(err)
	}
	d := one(t, open(t, server, tested.Config{}))
	if d.ID != "a" || d.Attempt != 1 || string(d.Payload) != `{"id":"a"}` || !maps.Equal(d.Headers, letter.Headers) {
		t.Errorf("replayed %+v", d)
	}
	if err := l.Drop(t.Context(), list[1].Letter); err != nil {
		t.Fatal(err)
	}
	if rest := must[[]queue.DeadLetter](t)(l.List(t.Context(), "", 10)); len(rest) != 0 {
		t.Errorf("left %+v", rest)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestDeadLettersFailForOneThatIsNotThere(t *testing.T) {
	server := redistest.Start(t)
	bury(t, server, "others", "x")
	l := letters(server, "tasks")
	others := must[[]queue.DeadLetter](t)(letters(server, "others").List(t.Context(), "", 1))
	for _, letter := range []string{"1-1", "", "a", "-", "1", others[0].Letter} {
		_, err := l.Get(t.Context(), letter)
		for call, err := range map[string]error{"get": err, "replay": l.Replay(t.Context(), letter), "drop": l.Drop(t.Context(), letter)} {
			if !errors.Is(err, queue.ErrNotFound) {
				t.Errorf("%s of %q: %v", call, letter, err)
			}
		}
	}
}

func TestDeadFailsAndKeepsTheTaskWhereTheLetterHasNoPlace(t *testing.T) {
	server := redistest.Start(t)
	publish(t, server, "tasks", "a")
	server.Client().Set(t.Context(), "dead", "text", 0)
	q := open(t, server, tested.Config{DeadLetterStream: "dead"})
	d := one(t, q)
	if err := q.Dead(t.Context(), d, "corrupt"); err == nil || !strings.HasPrefix(err.Error(), "a key of this queue holds something else.") {
		t.Fatalf("error %v", err)
	}
	if err := q.Nak(t.Context(), d, 0); err != nil {
		t.Fatal(err)
	}
	if again := one(t, q); again.ID != "a" || again.Attempt != 2 {
		t.Fatalf("got %+v", again)
	}
}

func TestATaskOfMoreFieldsThanALetterTakesIsBuriedWithoutItsHeaders(t *testing.T) {
	server := redistest.Start(t)
	entry := []any{"XADD", "tasks", "*", "payload", `{"n":1}`, "id", "a"}
	for i := range 5000 {
		entry = append(entry, fmt.Sprintf("header:%d", i), "v")
	}
	must[any](t)(server.Client().Do(t.Context(), entry...).Result())
	q := open(t, server, tested.Config{DeadLetterStream: "dead"})
	d := one(t, q)
	if err := q.Dead(t.Context(), d, "corrupt\nstack"); err != nil {
		t.Fatal(err)
	}
	if n := must[int](t)(q.Backlog(t.Context())); n != 0 || server.Client().XLen(t.Context(), "tasks").Val() != 0 {
		t.Errorf("backlog %d", n)
	}
	l := letters(server, "tasks")
	list := must[[]queue.DeadLetter](t)(l.List(t.Context(), "", 10))
	if len(list) != 1 {
		t.Fatalf("letters %+v", list)
	}
	letter := must[queue.DeadLetter](t)(l.Get(t.Context(), list[0].Letter))
	if letter.ID != "a" || string(letter.Payload) != `{"n":1}` || letter.Reason != "corrupt" || letter.Headers != nil ||
		!strings.HasPrefix(letter.Detail, "stack\n") || !strings.Contains(letter.Detail, "5002 fields") {
		t.Errorf("letter %+v", letter)
	}
	if err := l.Replay(t.Context(), letter.Letter); err != nil {
		t.Fatal(err)
	}
	if again := one(t, q); again.ID != "a" || string(again.Payload) != `{"n":1}` {
		t.Errorf("replayed %+v", again)
	}
}

func TestATaskOfTheMostHeadersKeepsThemAsALetter(t *testing.T) {
	server := redistest.Start(t)
	p := publisher(t, server, tested.PublisherConfig{Stream: "tasks"})
	headers := headersOf(tested.MostHeaders)
	if err := p.Publish(t.Context(), queue.Task{ID: "a", Payload: []byte(`{}`), Headers: headers, NotBefore: time.Now().Add(100 * time.Millisecond)}); err != nil {
		t.Fatal(err)
	}
	q := open(t, server, tested.Config{DeadLetterStream: "dead"})
	if err := q.Dead(t.Context(), one(t, q), "corrupt\nstack"); err != nil {
		t.Fatal(err)
	}
	l := letters(server, "tasks")
	list := must[[]queue.DeadLetter](t)(l.List(t.Context(), "", 10))
	if len(list) != 1 {
		t.Fatalf("letters %+v", list)
	}
	if letter := must[queue.DeadLetter](t)(l.Get(t.Context(), list[0].Letter)); !maps.Equal(letter.Headers, headers) || letter.Detail != "stack" {
		t.Errorf("%d headers, detail %q", len(letter.Headers), letter.Detail)
	}
	if err := l.Replay(t.Context(), list[0].Letter); err != nil {
		t.Fatal(err)
	}
	if again := one(t, q); !maps.Equal(again.Headers, headers) {
		t.Errorf("replayed with %d headers", len(again.Headers))
	}
}

func headersOf(n int) map[string]string {
	headers := make(map[string]string, n)
	for i := range n {
		headers[strconv.Itoa(i)] = "v"
	}
	return headers
}

func TestDeadKeepsTheTaskWhateverRefusesTheLetter(t *testing.T) {
	server := redistest.Start(t)
	publish(t, server, "tasks", "a")
	// A stream whose numbers are used up takes no entry.
	must[string](t)(server.Client().XAdd(t.Context(), &goredis.XAddArgs{Stream: "dead", ID: "18446744073709551615-18446744073709551615", Values: []string{"a", "b"}}).Result())
	q := open(t, server, tested.Config{DeadLetterStream: "dead"})
	d := one(t, q)
	if err := q.Dead(t.Context(), d, "corrupt"); err == nil {
		t.Fatal("a letter that the server refused was no error")
	}
	if err := q.Nak(t.Context(), d, 0); err != nil {
		t.Fatal(err)
	}
	if again := one(t, q); again.ID != "a" || again.Attempt != 2 {
		t.Fatalf("got %+v", again)
	}
}
