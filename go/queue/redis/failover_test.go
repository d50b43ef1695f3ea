package redis_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"capstan/queue"
	tested "capstan/queue/redis"
	"capstan/queue/redis/redistest"
)

func numbered(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = "task" + strconv.Itoa(100+i)
	}
	return ids
}

// workOff acknowledges all tasks, and calls at after so many of them. It returns their ids.
func workOff(t *testing.T, q *tested.Queue, after int, at func()) (done []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 45*time.Second)
	defer cancel()
	for {
		batch, err := q.Fetch(ctx, 4)
		switch {
		case errors.Is(err, io.EOF):
			return done
		case ctx.Err() != nil:
			t.Fatalf("not done: %d tasks, %v", len(done), err)
		case err != nil:
			time.Sleep(50 * time.Millisecond) // as a worker does
			continue
		}
		for _, d := range batch {
			if at != nil && len(done) >= after {
				at()
				at = nil
			}
			if err := q.Ack(ctx, d); err != nil && !errors.Is(err, queue.ErrStale) {
				t.Fatal(err)
			}
			done = append(done, d.ID)
		}
	}
}

func TestWorkSurvivesAKillOfADurableServer(t *testing.T) {
	server := redistest.Start(t, redistest.Durable...)
	ids := numbered(60)
	publish(t, server, "tasks", ids...)
	q := open(t, server, tested.Config{ExitWhenIdle: true, AckWait: 20 * time.Second})
	done := workOff(t, q, 20, func() {
		server.Kill()
		go server.Resume()
	})
	slices.Sort(done)
	if !slices.Equal(done, ids) {
		t.Fatalf("%d deliveries of %d tasks: %q", len(done), len(ids), done)
	}
	if n := server.Client().XLen(t.Context(), "tasks").Val(); n != 0 {
		t.Fatalf("%d tasks are left", n)
	}
}

func TestWorkSurvivesConnectionsThatAreCut(t *testing.T) {
	server := redistest.Start(t)
	ids := numbered(60)
	publish(t, server, "tasks", ids...)
	q := open(t, server, tested.Config{ExitWhenIdle: true, AckWait: time.Second})
	cutter := server.Client()
	cut := func() { cutter.ClientKillByFilter(t.Context(), "TYPE", "normal", "SKIPME", "yes") }
	seen := make(map[string]bool)
	for len(seen) < 40 {
		batch, err := q.Fetch(t.Context(), 4)
		if err != nil {
			continue
		}
		for _, d := range batch {
			if len(seen)%5 == 0 {
				cut()
			}
			if err := q.Ack(t.Context(), d); err != nil && !errors.Is(err, queue.ErrStale) {
				t.Fatal(err)
			}
			seen[d.ID] = true
		}
	}
	for _, id := range workOff(t, q, 0, nil) {
		seen[id] = true
	}
	if len(seen) != len(ids) {
		t.Fatalf("%d tasks of %d", len(seen), len(ids))
	}
}

func TestABlockedFetchGetsWhatComesAfterARestart(t *testing.T) {
	server := redistest.Start(t, redistest.Durable...)
	q := open(t, server, tested.Config{})
	got := make(chan string)
	go func() {
		for { // a worker fetches again after a failure
			if batch, err := q.Fetch(t.Context(), 1); err == nil {
				got <- batch[0].ID
				return
			} else if errors.Is(err, io.EOF) {
				t.Errorf("a server that is gone looks like the end of all tasks: %v", err)
			} else if t.Context().Err() != nil {
				return
			}
		}
	}()
	server.Kill()
	server.Resume()
	publish(t, server, "tasks", "a")
	select {
	case id := <-got:
		if id != "a" {
			t.Fatalf("got %q", id)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the fetch still waits")
	}
}

func TestAServerThatIsSilentFailsAFetchAndDelaysAnAck(t *testing.T) {
	server := redistest.Start(t)
	publish(t, server, "tasks", "a")
	q := open(t, server, tested.Config{AckWait: time.Minute})
	d := one(t, q)
	server.Stop()
	defer server.Continue()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, err := q.Fetch(ctx, 1); err == nil || ctx.Err() != nil {
		t.Fatalf("error %v", err)
	}
	acked := make(chan error, 1)
	go func() { acked <- q.Ack(t.Context(), d) }()
	server.Continue()
	if err := <-acked; err != nil {
		t.Fatal(err)
	}
}

func TestWorkSurvivesAFailover(t *testing.T) {
	if testing.Short() {
		t.Skip("a failover takes some seconds")
	}
	const password = "secret word"
	auth := []string{`requirepass "` + password + `"`, `masterauth "` + password + `"`}
	master := redistest.Start(t, auth...)
	replica := redistest.StartReplica(t, master, auth...)
	sentinels := redistest.StartSentinels(t, 3, "main", master, 1, `sentinel auth-pass main "`+password+`"`)
	access := tested.Access{Master: "main", Password: password}
	for _, s := range sentinels {
		access.Addresses = append(access.Addresses, s.Address)
	}
	ids := numbered(60)
	publish(t, master, "tasks", ids...)
	if n := must[int64](t)(master.Client().Wait(t.Context(), 1, 5*time.Second).Result()); n != 1 {
		t.Fatalf("%d copies", n)
	}
	client := must[*goredis.Client](t)(access.Connect(t.Context(), "test", quiet))
	q := openOn(t, client, tested.Config{ExitWhenIdle: true, AckWait: 2 * time.Second})
	done := workOff(t, q, 20, master.Kill)
	slices.Sort(done)
	if unique := slices.Compact(slices.Clone(done)); !slices.Equal(unique, ids) {
		t.Fatalf("%d of %d tasks: %q", len(unique), len(ids), unique)
	}
	if n := replica.Client().XLen(t.Context(), "tasks").Val(); n != 0 {
		t.Fatalf("%d tasks are left", n)
	}
}
