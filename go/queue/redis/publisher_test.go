package redis_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"capstan/queue"
	tested "capstan/queue/redis"
	"capstan/queue/redis/redistest"
)

func TestPublishCountsAnIDOnceWithinTheWindow(t *testing.T) {
	server := redistest.Start(t)
	const window = time.Minute
	p := publisher(t, server, tested.PublisherConfig{Stream: "tasks", Window: window})
	for _, id := range []string{"a", "a", "b", "", ""} {
		if err := p.Publish(t.Context(), queue.Task{ID: id, Payload: []byte(`{}`)}); err != nil {
			t.Fatal(err)
		}
	}
	q := open(t, server, tested.Config{ExitWhenIdle: true})
	batch := fetch(t, q, 10)
	if len(batch) != 4 || batch[0].ID != "a" || batch[1].ID != "b" || batch[2].ID == batch[3].ID {
		t.Fatalf("got %+v", batch)
	}
	client := server.Client()
	if left := client.PTTL(t.Context(), "tasks:id:a").Val(); left <= 0 || left > window {
		t.Fatalf("the id is known for %v", left)
	}
	client.Del(t.Context(), "tasks:id:a") // the window is over
	if err := p.Publish(t.Context(), queue.Task{ID: "a", Payload: []byte(`{}`)}); err != nil {
		t.Fatal(err)
	}
	if d := one(t, q); d.ID != "a" {
		t.Fatalf("got %+v", d)
	}
}

func TestPublishForLaterSurvivesItsPublisher(t *testing.T) {
	server := redistest.Start(t, redistest.Durable...)
	p := publisher(t, server, tested.PublisherConfig{Stream: "tasks"})
	const delay = 5 * time.Second // all until the first fetch is done by then, on a busy machine too
	due := time.Now().Add(delay)
	for i := range 3 {
		task := queue.Task{ID: strconv.Itoa(i), Payload: []byte(`{}`), Headers: map[string]string{"a": "b"}, NotBefore: due}
		for range 2 { // the second is known
			if err := p.Publish(t.Context(), task); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := p.Publish(t.Context(), queue.Task{ID: "past", Payload: []byte(`{}`), NotBefore: time.Now().Add(-time.Hour)}); err != nil {
		t.Fatal(err)
	}
	_ = p.Close()
	server.Kill()
	server.Resume()
	q := open(t, server, tested.Config{ExitWhenIdle: true, AckWait: time.Minute})
	if n := must[int](t)(q.Backlog(t.Context())); n != 4 {
		t.Errorf("backlog %d", n)
	}
	if d := one(t, q); d.ID != "past" {
		t.Fatalf("got %+v", d)
	}
	var got []queue.Delivery
	for len(got) < 3 {
		batch := fetch(t, q, 10)
		if early := time.Until(due); early > 50*time.Millisecond {
			t.Fatalf("came %v early", early)
		}
		got = append(got, batch...)
	}
	for _, d := range got {
		if d.Attempt != 1 || d.Headers["a"] != "b" || d.Published.After(due) {
			t.Errorf("got %+v", d)
		}
	}
}

func TestTasksForATimeBeyondAllCountingAreKeptOrDueByTheirSide(t *testing.T) {
	server := redistest.Start(t)
	p := publisher(t, server, tested.PublisherConfig{Stream: "tasks"})
	for id, notBefore := range map[string]time.Time{
		"far": time.Unix(1<<60, 0), "farther": time.Unix(math.MaxInt64/2, 0), "counted": time.UnixMilli(math.MaxInt64),
		"past": time.Unix(-1<<60, 0), "before": time.Unix(-1, 0),
	} {
		if err := p.Publish(t.Context(), queue.Task{ID: id, Payload: []byte(`{}`), NotBefore: notBefore}); err != nil {
			t.Fatalf("%s: %v", id, err)
		}
	}
	publish(t, server, "tasks", "last") // which those that are due come before
	q := open(t, server, tested.Config{AckWait: time.Minute})
	var got []string
	for !slices.Contains(got, "last") {
		got = append(got, one(t, q).ID)
	}
	slices.Sort(got)
	if !slices.Equal(got, []string{"before", "last", "past"}) {
		t.Errorf("due are %q", got)
	}
	if n := must[int](t)(q.Backlog(t.Context())); n != 3 {
		t.Errorf("backlog %d", n)
	}
}

func TestTasksForLaterStayWhereTheStreamTakesNone(t *testing.T) {
	server := redistest.Start(t)
	p := publisher(t, server, tested.PublisherConfig{Stream: "tasks"})
	q := open(t, server, tested.Config{})
	if err := p.Publish(t.Context(), queue.Task{ID: "a", Payload: []byte(`{}`), NotBefore: time.Now().Add(time.Minute)}); err != nil {
		t.Fatal(err)
	}
	client := server.Client()
	later := must[[]goredis.Z](t)(client.ZRangeWithScores(t.Context(), "tasks:later", 0, -1).Result())
	client.Rename(t.Context(), "tasks", "away")
	client.Set(t.Context(), "tasks", "text", 0)
	client.ZAdd(t.Context(), "tasks:later", goredis.Z{Score: 1, Member: later[0].Member}) // its time has come
	if _, err := q.Fetch(t.Context(), 1); err == nil {
		t.Fatal("a stream that is none was no error")
	}
	client.Rename(t.Context(), "away", "tasks")
	if d := one(t, q); d.ID != "a" {
		t.Fatalf("got %+v", d)
	}
}

func TestPublishFailsWithTheBoundThatIsInTheWay(t *testing.T) {
	server := redistest.Start(t)
	p := publisher(t, server, tested.PublisherConfig{Stream: "tasks", Capacity: 2})
	if err := p.Publish(t.Context(), queue.Task{Payload: make([]byte, tested.LargestTask+1)}); !errors.Is(err, queue.ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
	if err := p.Publish(t.Context(), queue.Task{Payload: []byte(`{}`), Headers: headersOf(tested.MostHeaders + 1)}); !errors.Is(err, queue.ErrTooLarge) || !strings.Contains(err.Error(), "3001 headers") {
		t.Errorf("too many headers: %v", err)
	}
	if err := p.Publish(t.Context(), queue.Task{Key: "k", Payload: []byte(`{}`)}); !errors.Is(err, queue.ErrUnsupported) {
		t.Errorf("a key: %v", err)
	}
	for _, task := range []queue.Task{{ID: "a", Payload: []byte(`{}`)}, {ID: "b", Payload: []byte(`{}`), NotBefore: time.Now().Add(time.Hour)}} {
		if err := p.Publish(t.Context(), task); err != nil {
			t.Fatal(err)
		}
	}
	err := p.Publish(t.Context(), queue.Task{ID: "c", Payload: []byte(`{}`)})
	if !errors.Is(err, queue.ErrFull) || !strings.Contains(err.Error(), `"tasks" holds 2 tasks`) {
		t.Errorf("full: %v", err)
	}
	if err := p.Publish(t.Context(), queue.Task{ID: "a", Payload: []byte(`{}`)}); err != nil {
		t.Errorf("a known id: %v", err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if err := p.Publish(t.Context(), queue.Task{Payload: []byte(`{}`)}); !errors.Is(err, queue.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
	if _, err := tested.OpenPublisher(server.Client(), tested.PublisherConfig{}); err == nil {
		t.Error("no stream, and no error")
	}
}

func TestFullMemoryRefusesTasksAndLetsWorkersSettleThem(t *testing.T) {
	server := redistest.Start(t)
	publish(t, server, "tasks", "a", "b", "c", "d")
	p := publisher(t, server, tested.PublisherConfig{Stream: "tasks"})
	if err := p.Publish(t.Context(), queue.Task{ID: "e", Payload: []byte(`{}`), NotBefore: time.Now().Add(200 * time.Millisecond)}); err != nil {
		t.Fatal(err)
	}
	q := open(t, server, tested.Config{DeadLetterStream: "dead", ExitWhenIdle: true})
	server.Client().ConfigSet(t.Context(), "maxmemory", "1")
	err := p.Publish(t.Context(), queue.Task{ID: "f", Payload: []byte(`{}`)})
	if !errors.Is(err, queue.ErrFull) || strings.Contains(err.Error(), "\n") {
		t.Errorf("publish: %v", err)
	}
	batch := fetch(t, q, 4)
	for name, err := range map[string]error{
		"ack": q.Ack(t.Context(), batch[0]), "nak": q.Nak(t.Context(), batch[1], 0), "release": q.Release(t.Context(), batch[2]),
		"dead": q.Dead(t.Context(), batch[3], "corrupt"),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for range 3 {
		if err := q.Ack(t.Context(), one(t, q)); err != nil {
			t.Error(err)
		}
	}
	if n := server.Client().XLen(t.Context(), "dead").Val(); n != 1 {
		t.Errorf("%d dead letters", n)
	}
	server.Client().ConfigSet(t.Context(), "maxmemory", "0")
	if err := p.Publish(t.Context(), queue.Task{ID: "f", Payload: []byte(`{}`)}); err != nil {
		t.Errorf("the refused id: %v", err)
	}
	if d := one(t, q); d.ID != "f" {
		t.Errorf("got %+v", d)
	}
}

func TestPublishComesThroughARestartOnce(t *testing.T) {
	server := redistest.Start(t, redistest.Durable...)
	p := publisher(t, server, tested.PublisherConfig{Stream: "tasks"})
	server.Kill()
	published := make(chan error, 1)
	go func() { published <- p.Publish(t.Context(), queue.Task{ID: "a", Payload: []byte(`{}`)}) }()
	server.Resume()
	if err := <-published; err != nil {
		t.Fatal(err)
	}
	server.Kill()
	ctx, cancel := context.WithTimeout(t.Context(), 150*time.Millisecond)
	defer cancel()
	if err := p.Publish(ctx, queue.Task{ID: "b", Payload: []byte(`{}`)}); err == nil || strings.Contains(err.Error(), "\n") {
		t.Fatalf("error %v while the server is gone", err)
	}
	server.Resume()
	if n := server.Client().XLen(t.Context(), "tasks").Val(); n != 1 {
		t.Fatalf("%d tasks", n)
	}
}
