package redis_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"capstan/queue"
	tested "capstan/queue/redis"
	"capstan/queue/redis/redistest"
)

func TestOpenFailsWithAllBadFields(t *testing.T) {
	_, err := tested.Open(t.Context(), nil, tested.Config{})
	if lines := strings.Split(err.Error(), "\n"); len(lines) != 3 {
		t.Fatalf("%d lines: %v", len(lines), err)
	}
	_, err = tested.Open(t.Context(), nil, tested.Config{Stream: "a", Group: "b", AckWait: ackWait, DeadLetterStream: "a"})
	if err == nil || !strings.Contains(err.Error(), "another key") {
		t.Fatalf("error %v", err)
	}
}

func TestOpenFailsForAGroupWhoseKeysAreThoseOfIDs(t *testing.T) {
	for _, group := range []string{"id", "id:worker"} {
		_, err := tested.Open(t.Context(), nil, tested.Config{Stream: "tasks", Group: group, AckWait: ackWait})
		if err == nil || !strings.Contains(err.Error(), "Group must not be id") || !strings.Contains(err.Error(), strconv.Quote(group)) {
			t.Errorf("group %q: %v", group, err)
		}
	}
	server := redistest.Start(t)
	for _, group := range []string{"ids", "retry", "later"} { // and others have keys of their own
		stream := "tasks of " + group
		q := open(t, server, tested.Config{Stream: stream, Group: group})
		publish(t, server, stream, "retry", "attempts", "sweep", "later", group+":retry")
		for range 5 {
			if err := q.Nak(t.Context(), one(t, q), 0); err != nil {
				t.Fatal(err)
			}
		}
		if n := must[int](t)(q.Backlog(t.Context())); n != 5 {
			t.Errorf("group %q: backlog %d", group, n)
		}
	}
}

func TestOpenFailsForAStreamThatBelongsToAnotherGroup(t *testing.T) {
	server := redistest.Start(t)
	open(t, server, tested.Config{Group: "first"})
	client := server.Client()
	_, err := tested.Open(t.Context(), client, tested.Config{Stream: "tasks", Group: "second", AckWait: ackWait})
	if err == nil || !strings.Contains(err.Error(), `the stream "tasks" has another group, "first"`) || strings.Contains(err.Error(), "\n") {
		t.Fatalf("error %v", err)
	}
}

func TestOpenFailsForAKeyOfAnotherType(t *testing.T) {
	server := redistest.Start(t)
	client := server.Client()
	must[string](t)(client.Set(t.Context(), "tasks", "text", 0).Result())
	_, err := tested.Open(t.Context(), client, tested.Config{Stream: "tasks", Group: "a", AckWait: ackWait})
	if err == nil || !strings.HasPrefix(err.Error(), "a key of this queue holds something else.") || strings.Contains(err.Error(), "\n") {
		t.Fatalf("error %v", err)
	}
}

func TestOpenWarnsOfAServerThatMayForget(t *testing.T) {
	server := redistest.Start(t, "maxmemory 100mb", "maxmemory-policy allkeys-lru")
	var log bytes.Buffer
	q := must[*tested.Queue](t)(tested.Open(t.Context(), connect(t, server.Address), tested.Config{
		Stream: "tasks", Group: "a", AckWait: ackWait, Log: slog.New(slog.NewTextHandler(&log, nil)),
	}))
	defer q.Close()
	if !strings.Contains(log.String(), "may evict the tasks") {
		t.Fatalf("log %q", log.String())
	}
}

func TestTasksOfOtherProgramsAreTaken(t *testing.T) {
	server := redistest.Start(t)
	client := server.Client()
	number := must[string](t)(client.XAdd(t.Context(), &goredis.XAddArgs{Stream: "tasks", Values: []string{"payload", `{"n":1}`, "header:traceparent", "00-1", "other", "x"}}).Result())
	strange := must[string](t)(client.XAdd(t.Context(), &goredis.XAddArgs{Stream: "tasks", Values: []string{"n", "1"}}).Result())
	batch := fetch(t, open(t, server, tested.Config{}), 10)
	if d := batch[0]; d.ID != number || string(d.Payload) != `{"n":1}` || d.Attempt != 1 || d.DeadReason != "" ||
		!maps.Equal(d.Headers, map[string]string{"traceparent": "00-1"}) || time.Since(d.Published).Abs() > time.Minute {
		t.Errorf("got %+v", d)
	}
	if d := batch[1]; d.ID != strange || d.Attempt != 0 || d.DeadReason != `the entry `+strange+` has no field "payload"` {
		t.Errorf("got %+v", d)
	}
}

func TestNothingIsLeftOfTasksThatAreSettled(t *testing.T) {
	server := redistest.Start(t)
	publish(t, server, "tasks", "a", "b", "c")
	q := open(t, server, tested.Config{})
	batch := fetch(t, q, 3)
	for _, err := range []error{q.Ack(t.Context(), batch[0]), q.Dead(t.Context(), batch[1], "corrupt"), q.Nak(t.Context(), batch[2], 0)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := q.Ack(t.Context(), one(t, q)); err != nil {
		t.Fatal(err)
	}
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	client := server.Client()
	if n := client.XLen(t.Context(), "tasks").Val(); n != 0 {
		t.Errorf("%d entries", n)
	}
	if consumers := must[[]goredis.XInfoConsumer](t)(client.XInfoConsumers(t.Context(), "tasks", "worker").Result()); len(consumers) != 0 {
		t.Errorf("consumers %+v", consumers)
	}
	keys := slices.DeleteFunc(must[[]string](t)(client.Keys(t.Context(), "*").Result()), func(key string) bool {
		return strings.HasPrefix(key, "tasks:id:") || key == "tasks:worker:sweep" // end by themselves
	})
	if !slices.Equal(keys, []string{"tasks"}) {
		t.Errorf("keys %q", keys)
	}
}

func TestReleasedDeliveriesDoNotCountInAnotherProcess(t *testing.T) {
	server := redistest.Start(t)
	publish(t, server, "tasks", "a")
	attempt := func(want int, settle func(*tested.Queue, queue.Delivery) error) {
		t.Helper()
		q := open(t, server, tested.Config{})
		defer q.Close()
		d := one(t, q)
		if d.Attempt != want {
			t.Fatalf("attempt %d, want %d", d.Attempt, want)
		}
		if err := settle(q, d); err != nil {
			t.Fatal(err)
		}
	}
	release := func(q *tested.Queue, d queue.Delivery) error { return q.Release(t.Context(), d) }
	fail := func(q *tested.Queue, d queue.Delivery) error { return q.Nak(t.Context(), d, 0) }
	attempt(1, release)
	attempt(1, release)
	attempt(1, fail)
	attempt(2, release)
	attempt(2, fail)
	attempt(3, fail)
}

func TestAnotherProcessTakesOverFromOneThatDied(t *testing.T) {
	server := redistest.Start(t)
	publish(t, server, "tasks", "a", "b", "c")
	died := connect(t, server.Address)
	first := must[*tested.Queue](t)(tested.Open(t.Context(), died, tested.Config{Stream: "tasks", Group: "worker", AckWait: ackWait}))
	lost := fetch(t, first, 3)
	_ = died.Close() // says nothing to the server, as SIGKILL
	began := time.Now()
	q := open(t, server, tested.Config{ExitWhenIdle: true})
	var ids []string
	for len(ids) < 3 {
		for _, d := range fetch(t, q, 10) {
			if d.Attempt != 2 {
				t.Errorf("attempt %d of %q", d.Attempt, d.ID)
			}
			ids = append(ids, d.ID)
			if err := q.Ack(t.Context(), d); err != nil {
				t.Fatal(err)
			}
		}
	}
	slices.Sort(ids)
	if took := time.Since(began); !slices.Equal(ids, []string{"a", "b", "c"}) || took < ackWait-200*time.Millisecond {
		t.Fatalf("got %q after %v", ids, took)
	}
	_ = first.Close()
	_ = lost
}

func TestOfTwoThatHoldATaskOnlyTheLaterMayHandItBack(t *testing.T) {
	server := redistest.Start(t)
	publish(t, server, "tasks", "a", "b")
	first := open(t, server, tested.Config{})
	late := fetch(t, first, 2)
	second := open(t, server, tested.Config{})
	var later []queue.Delivery
	for len(later) < 2 {
		later = append(later, fetch(t, second, 2)...)
	}
	for name, err := range map[string]error{
		"nak": first.Nak(t.Context(), late[0], 0), "in progress": first.InProgress(t.Context(), late[1]),
	} {
		if !errors.Is(err, queue.ErrStale) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := first.Ack(t.Context(), late[1]); err != nil {
		t.Errorf("a late ack: %v", err)
	}
	if err := second.Ack(t.Context(), later[slices.IndexFunc(later, func(d queue.Delivery) bool { return d.ID == "b" })]); !errors.Is(err, queue.ErrStale) {
		t.Errorf("an ack after a late one: %v", err)
	}
}

func TestAckBatchSettlesTogether(t *testing.T) {
	const tasks = 2500 // more than one request takes
	server := redistest.Start(t)
	client := server.Client()
	pipe := client.Pipeline()
	for i := range tasks {
		pipe.XAdd(t.Context(), &goredis.XAddArgs{Stream: "tasks", Values: []string{"payload", strconv.Itoa(i)}})
	}
	must[[]goredis.Cmder](t)(pipe.Exec(t.Context()))
	q := open(t, server, tested.Config{AckWait: time.Minute, ExitWhenIdle: true})
	batch := fetch(t, q, tasks)
	if len(batch) != tasks {
		t.Fatalf("%d tasks", len(batch))
	}
	if err := q.Nak(t.Context(), batch[7], time.Minute); err != nil {
		t.Fatal(err)
	}
	client.XDel(t.Context(), "tasks", batch[2000].Receipt.(fmt.Stringer).String())
	client.XAck(t.Context(), "tasks", "worker", batch[2000].Receipt.(fmt.Stringer).String())
	errs := q.AckBatch(t.Context(), batch)
	if len(errs) != tasks {
		t.Fatalf("%d results", len(errs))
	}
	for i, err := range errs {
		if want := i == 7 || i == 2000; errors.Is(err, queue.ErrStale) != want || !want && err != nil {
			t.Errorf("task %d: %v", i, err)
		}
	}
	if n := must[int](t)(q.Backlog(t.Context())); n != 1 {
		t.Errorf("backlog %d, want the one that is delayed", n)
	}
	if errs := q.AckBatch(t.Context(), nil); errs != nil {
		t.Errorf("an empty batch: %v", errs)
	}
}

func TestAcksThatMeetAreSentTogether(t *testing.T) {
	const tasks = 1000
	server := redistest.Start(t)
	client := server.Client()
	for i := range tasks {
		client.XAdd(t.Context(), &goredis.XAddArgs{Stream: "tasks", Values: []string{"payload", strconv.Itoa(i)}})
	}
	q := open(t, server, tested.Config{AckWait: time.Minute, ExitWhenIdle: true})
	batch := fetch(t, q, tasks)
	client.ConfigResetStat(t.Context())
	var all sync.WaitGroup
	for _, d := range batch {
		all.Go(func() {
			if err := q.Ack(t.Context(), d); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	stats := must[string](t)(client.Info(t.Context(), "commandstats").Result())
	_, after, _ := strings.Cut(stats, "cmdstat_xack:calls=")
	text, _, _ := strings.Cut(after, ",")
	if calls, err := strconv.Atoi(text); err != nil || calls > tasks/4 {
		t.Errorf("%q requests for %d tasks", text, tasks)
	}
}

func TestFetchThatIsCancelledHoldsNothingBack(t *testing.T) {
	server := redistest.Start(t)
	// Long enough for a task that is held back to be missed.
	q := open(t, server, tested.Config{AckWait: time.Minute})
	for i := range 100 {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan []queue.Delivery)
		go func() {
			batch, _ := q.Fetch(ctx, 3)
			ended <- batch
		}()
		id := strconv.Itoa(i)
		go cancel()
		publish(t, server, "tasks", id)
		batch := <-ended
		if len(batch) == 0 {
			batch = fetch(t, q, 3)
		}
		if len(batch) != 1 || batch[0].ID != id || batch[0].Attempt != 1 {
			t.Fatalf("round %d: got %+v", i, batch)
		}
		if err := q.Ack(t.Context(), batch[0]); err != nil {
			t.Fatal(err)
		}
	}
}

func TestARetryOfThisProcessEndsTheWaitOfItsFetch(t *testing.T) {
	server := redistest.Start(t)
	publish(t, server, "tasks", "a")
	q := open(t, server, tested.Config{AckWait: time.Minute})
	d := one(t, q)
	const delay = 50 * time.Millisecond
	for range 10 { // on a busy machine some come late; without an end of the wait, all
		got := make(chan queue.Delivery, 1)
		go func() { got <- one(t, q) }()
		began := time.Now()
		if err := q.Nak(t.Context(), d, delay); err != nil {
			t.Fatal(err)
		}
		d = <-got
		switch took := time.Since(began); {
		case took < delay:
			t.Fatalf("came after %v", took)
		case took < 400*time.Millisecond:
			return
		}
	}
	t.Fatal("none came before a fetch looks again by itself")
}

func TestTheLongestDelayIsNoneThatIsOver(t *testing.T) {
	server := redistest.Start(t)
	q := open(t, server, tested.Config{AckWait: time.Minute})
	for _, delay := range []time.Duration{math.MaxInt64, math.MaxInt64 - 1, math.MaxInt64 - time.Millisecond} {
		publish(t, server, "tasks", delay.String())
		if err := q.Nak(t.Context(), one(t, q), delay); err != nil {
			t.Fatal(err)
		}
	}
	publish(t, server, "tasks", "next") // which those that are due come before
	if d := one(t, open(t, server, tested.Config{})); d.ID != "next" {
		t.Fatalf("got %+v", d)
	}
	if n := must[int](t)(q.Backlog(t.Context())); n != 3 {
		t.Errorf("backlog %d", n)
	}
}

func TestFetchersOfSeveralProcessesShareATrickle(t *testing.T) {
	server := redistest.Start(t)
	const fetchers, tasks = 4, 40
	got := make(chan string)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for range fetchers {
		q := open(t, server, tested.Config{})
		go func() {
			for {
				batch, err := q.Fetch(ctx, 10)
				if err != nil {
					return
				}
				for _, d := range batch {
					if err := q.Ack(ctx, d); err != nil {
						t.Error(err)
					}
					got <- d.ID
				}
			}
		}()
	}
	for i := range tasks {
		publish(t, server, "tasks", strconv.Itoa(i))
		select {
		case id := <-got:
			if id != strconv.Itoa(i) {
				t.Fatalf("got %s, want %d", id, i)
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("task %d came to nobody", i)
		}
	}
}

func TestAGroupThatSomebodyDeletesIsMadeAnew(t *testing.T) {
	server := redistest.Start(t)
	q := open(t, server, tested.Config{})
	client := server.Client()
	for _, remove := range []func() error{
		func() error { return client.XGroupDestroy(t.Context(), "tasks", "worker").Err() },
		func() error { return client.Del(t.Context(), "tasks").Err() },
	} {
		failed := make(chan error, 1)
		go func() {
			_, err := q.Fetch(t.Context(), 1)
			failed <- err
		}()
		if err := remove(); err != nil {
			t.Fatal(err)
		}
		if err := <-failed; err == nil || !strings.Contains(err.Error(), "gone") {
			t.Fatalf("error %v, want that the group was gone", err)
		}
	}
	publish(t, server, "tasks", "a")
	if d := one(t, q); d.ID != "a" {
		t.Fatalf("got %+v", d)
	}
}

func TestBacklogDoesNotCountWhatOthersRemovedOrLeft(t *testing.T) {
	server := redistest.Start(t)
	client := server.Client()
	var numbers []string
	for range 6 {
		numbers = append(numbers, must[string](t)(client.XAdd(t.Context(), &goredis.XAddArgs{Stream: "tasks", Values: []string{"payload", "1"}}).Result()))
	}
	q := open(t, server, tested.Config{AckWait: time.Minute})
	want := func(n int) {
		t.Helper()
		if got := must[int](t)(q.Backlog(t.Context())); got != n {
			t.Fatalf("backlog %d, want %d", got, n)
		}
	}
	batch := fetch(t, q, 2)
	client.XAck(t.Context(), "tasks", "worker", numbers[0]) // and left in the stream
	want(4)
	if err := q.Ack(t.Context(), batch[1]); err != nil {
		t.Fatal(err)
	}
	client.XDel(t.Context(), "tasks", numbers[4]) // without a lag from now on
	want(4)                                       // one too many, by what was left
	client.XDel(t.Context(), "tasks", numbers[0])
	want(3)
}

func TestDriftNamesAGroupThatSomebodyAdds(t *testing.T) {
	server := redistest.Start(t)
	q := open(t, server, tested.Config{})
	if drift := must[[]queue.Difference](t)(q.Drift(t.Context())); len(drift) != 0 {
		t.Fatalf("drift %v", drift)
	}
	must[string](t)(server.Client().XGroupCreate(t.Context(), "tasks", "other", "0").Result())
	drift := must[[]queue.Difference](t)(q.Drift(t.Context()))
	if len(drift) != 1 || drift[0].String() != "groups of tasks: wanted worker, got other and worker" {
		t.Fatalf("drift %v", drift)
	}
	_ = q.Close()
	if _, err := q.Drift(t.Context()); !errors.Is(err, queue.ErrClosed) {
		t.Fatalf("error %v", err)
	}
}
