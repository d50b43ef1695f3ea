package jetstream_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"capstan/queue"
	tested "capstan/queue/jetstream"
	"capstan/queue/jetstream/natstest"
)

func workQueue(server *natstest.Server, name string) jetstream.Stream {
	return server.Stream(jetstream.StreamConfig{Name: name, Retention: jetstream.WorkQueuePolicy})
}

func must[V any](t *testing.T) func(V, error) V {
	return func(value V, err error) V {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func fetch(t *testing.T, q *tested.Queue, max int) []queue.Delivery {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	return must[[]queue.Delivery](t)(q.Fetch(ctx, max))
}

func one(t *testing.T, q *tested.Queue) queue.Delivery {
	t.Helper()
	return fetch(t, q, 1)[0]
}

func TestOpenCreatesAndUpdatesTheConsumer(t *testing.T) {
	server := natstest.Start(t)
	stream := workQueue(server, "photos")
	check := func(wait time.Duration, pending int, filters ...string) {
		t.Helper()
		consumer := must[jetstream.Consumer](t)(stream.Consumer(t.Context(), "develop"))
		c := consumer.CachedInfo().Config
		subjects := append(c.FilterSubjects, c.FilterSubject)
		if c.AckWait != wait || c.MaxAckPending != pending || c.MaxDeliver != -1 || c.AckPolicy != jetstream.AckExplicitPolicy ||
			c.Durable != "develop" || !slices.Equal(slices.DeleteFunc(subjects, func(s string) bool { return s == "" }), filters) {
			t.Fatalf("the consumer is %+v", c)
		}
	}
	open(t, server, tested.Config{Stream: "photos", Consumer: "develop", AckWait: 5 * time.Second, MaxAckPending: 7})
	check(5*time.Second, 7)
	open(t, server, tested.Config{Stream: "photos", Consumer: "develop", AckWait: 9 * time.Second, MaxAckPending: 70, Subjects: []string{"photos.a"}})
	check(9*time.Second, 70, "photos.a")
	open(t, server, tested.Config{Stream: "photos", Consumer: "develop", AckWait: 9 * time.Second, MaxAckPending: 70, Subjects: []string{"photos.a", "photos.b"}})
	check(9*time.Second, 70, "photos.a", "photos.b")
}

func TestOpenFailsWithAllBadFields(t *testing.T) {
	_, err := tested.Open(t.Context(), nil, tested.Config{})
	if lines := strings.Split(err.Error(), "\n"); len(lines) != 4 {
		t.Fatalf("%d lines: %v", len(lines), err)
	}
}

func TestOpenWaitsForTheStream(t *testing.T) {
	server := natstest.Start(t)
	conn := server.Connect()
	opened := make(chan error, 1)
	go func() {
		q, err := tested.Open(t.Context(), conn, tested.Config{Stream: "late", Consumer: "a", AckWait: ackWait, MaxAckPending: 1})
		if err == nil {
			err = q.Close()
		}
		opened <- err
	}()
	workQueue(server, "late")
	if err := <-opened; err != nil {
		t.Fatal(err)
	}
}

func TestOpenFailsWithoutStreamsWhenItsTimeIsOver(t *testing.T) {
	server := natstest.Start(t)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	config := tested.Config{Stream: "never", Consumer: "a", AckWait: ackWait, MaxAckPending: 1}
	if _, err := tested.Open(ctx, server.Connect(), config); err == nil || !strings.Contains(err.Error(), `stream "never"`) {
		t.Fatalf("error %v", err)
	}
	workQueue(server, "never")
	config.DeadLetterSubject = "dead.never"
	ctx, cancel = context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if _, err := tested.Open(ctx, server.Connect(), config); err == nil || !strings.Contains(err.Error(), `no stream takes dead letters on "dead.never"`) {
		t.Fatalf("error %v", err)
	}
}

func TestDeadStoresTheLetterBeforeTheTaskIsGone(t *testing.T) {
	server := natstest.Start(t)
	tasks := workQueue(server, "tasks")
	dead := server.Stream(jetstream.StreamConfig{Name: "dead"})
	publish(t, server, "tasks.new", "a")
	q := open(t, server, tested.Config{Stream: "tasks", DeadLetterSubject: "dead.tasks"})
	d := one(t, q)
	if err := q.Dead(t.Context(), d, "corrupt jpeg\nstack 1\nstack 2"); err != nil {
		t.Fatal(err)
	}
	letter := must[*jetstream.RawStreamMsg](t)(dead.GetMsg(t.Context(), 1))
	want := map[string]string{
		tested.HeaderID: "a", tested.HeaderReason: "corrupt jpeg", tested.HeaderDetail: `stack 1\nstack 2`,
		tested.HeaderAttempts: "1", tested.HeaderConsumer: "worker", tested.HeaderSubject: "tasks.new",
	}
	for name, value := range want {
		if got := letter.Header.Get(name); got != value {
			t.Errorf("header %s is %q, want %q", name, got, value)
		}
	}
	if string(letter.Data) != `{"id":"a"}` || letter.Subject != "dead.tasks" {
		t.Errorf("the letter is %q on %q", letter.Data, letter.Subject)
	}
	if info := must[*jetstream.StreamInfo](t)(tasks.Info(t.Context())); info.State.Msgs != 0 {
		t.Errorf("%d tasks are left", info.State.Msgs)
	}
}

func TestDeadFailsAndKeepsTheTaskWhenTheLetterIsNotStored(t *testing.T) {
	server := natstest.Start(t)
	workQueue(server, "tasks")
	dead := server.Stream(jetstream.StreamConfig{Name: "dead"})
	publish(t, server, "tasks", "a")
	q := open(t, server, tested.Config{Stream: "tasks", DeadLetterSubject: "dead"})
	d := one(t, q)
	if err := server.JetStream().DeleteStream(t.Context(), dead.CachedInfo().Config.Name); err != nil {
		t.Fatal(err)
	}
	if err := q.Dead(t.Context(), d, "corrupt"); err == nil || !strings.Contains(err.Error(), "store dead letter") {
		t.Fatalf("error %v", err)
	}
	if again := one(t, q); again.ID != "a" || again.Attempt != 2 {
		t.Fatalf("got %+v", again)
	}
}

// largestTaken is the largest size that is published, up to most; larger ones are refused as too large.
func largestTaken(t *testing.T, most int, publish func(size int) error) int {
	t.Helper()
	for size := most; ; size-- {
		err := publish(size)
		if err == nil {
			return size
		}
		if !errors.Is(err, queue.ErrTooLarge) {
			t.Fatal(err)
		}
	}
}

func TestTheLargestTaskOfAPublisherCanBeBuried(t *testing.T) {
	server := natstest.Start(t)
	workQueue(server, "tasks")
	server.Stream(jetstream.StreamConfig{Name: "dead"})
	p := publisher(t, server, "tasks", "tasks")
	size := largestTaken(t, 1<<20, func(size int) error { // the server takes that
		return p.Publish(t.Context(), queue.Task{ID: strings.Repeat("i", 100), Payload: make([]byte, size)})
	})
	if size < 1<<20-2000 {
		t.Errorf("the largest payload is %d bytes", size)
	}
	q := open(t, server, tested.Config{Stream: "tasks", DeadLetterSubject: "dead"})
	if err := q.Dead(t.Context(), one(t, q), strings.Repeat("corrupt ", 1000)); err != nil {
		t.Fatal(err)
	}
}

func TestTheMostHeadersOfAPublisherCanBeBuried(t *testing.T) {
	server := natstest.Start(t)
	workQueue(server, "tasks")
	server.Stream(jetstream.StreamConfig{Name: "dead"})
	p := publisher(t, server, "tasks", "tasks")
	size := largestTaken(t, 1<<16-1, func(size int) error { // the server takes that
		return p.Publish(t.Context(), queue.Task{ID: strings.Repeat("i", 100), Payload: []byte(`{}`), Headers: bytesOf(size)})
	})
	if size < 1<<16-2000 {
		t.Errorf("the most headers are %d bytes", size)
	}
	q := open(t, server, tested.Config{Stream: "tasks", DeadLetterSubject: "dead"})
	if err := q.Dead(t.Context(), one(t, q), strings.Repeat("corrupt ", 1000)+"\nstack"); err != nil {
		t.Fatal(err)
	}
	letters := deadLetters(t, server, "dead")
	letter := must[queue.DeadLetter](t)(letters.Get(t.Context(), list(t, letters, 1)[0].Letter))
	if !maps.Equal(letter.Headers, bytesOf(size)) {
		t.Errorf("the letter has %d headers", len(letter.Headers))
	}
}

// bytesOf are headers of so many bytes.
func bytesOf(size int) map[string]string { return map[string]string{"a": strings.Repeat("v", size)} }

func TestDeadLeavesOutTheHeadersOfAForeignTaskThatLeaveNoRoomForIt(t *testing.T) {
	server := natstest.Start(t)
	workQueue(server, "tasks")
	server.Stream(jetstream.StreamConfig{Name: "dead"})
	publishRaw(t, server, `{}`, "Nats-Msg-Id: task", "a: "+strings.Repeat("v", 1<<16-100))
	q := open(t, server, tested.Config{Stream: "tasks", DeadLetterSubject: "dead"})
	if err := q.Dead(t.Context(), one(t, q), "corrupt\nstack"); err != nil {
		t.Fatal(err)
	}
	letters := deadLetters(t, server, "dead")
	letter := must[queue.DeadLetter](t)(letters.Get(t.Context(), list(t, letters, 1)[0].Letter))
	if len(letter.Headers) > 0 || letter.ID != "task" || letter.Reason != "corrupt" || string(letter.Payload) != `{}` ||
		letter.Detail != "the headers of the task left no room, and are left out" {
		t.Errorf("the letter is %+v", letter)
	}
}

func TestDeadLeavesOutTheStackOfATaskThatLeavesNoRoomForIt(t *testing.T) {
	server := natstest.Start(t)
	workQueue(server, "tasks")
	dead := server.Stream(jetstream.StreamConfig{Name: "dead"})
	task := nats.NewMsg("tasks")
	task.Data = []byte(strings.Repeat("7", 1<<20-1000)) // the server takes 1 MiB
	if _, err := server.JetStream().PublishMsg(t.Context(), task); err != nil {
		t.Fatal(err)
	}
	q := open(t, server, tested.Config{Stream: "tasks", DeadLetterSubject: "dead"})
	if err := q.Dead(t.Context(), one(t, q), "corrupt\n"+strings.Repeat("stack ", 1000)); err != nil {
		t.Fatal(err)
	}
	letter := must[*jetstream.RawStreamMsg](t)(dead.GetMsg(t.Context(), 1))
	if reason, detail := letter.Header.Get(tested.HeaderReason), letter.Header.Get(tested.HeaderDetail); reason != "corrupt" || detail != "" {
		t.Errorf("the letter says %q and %q", reason, detail)
	}
	if len(letter.Data) != len(task.Data) {
		t.Errorf("the letter has %d bytes of %d", len(letter.Data), len(task.Data))
	}
}

func TestATaskIsNotTakenForWordOfTheServer(t *testing.T) {
	server := natstest.Start(t)
	workQueue(server, "tasks")
	words := []string{"100", "404", "408", "409", "500", "503"}
	for _, word := range words {
		publishRaw(t, server, "", "Status: "+word)
	}
	q := open(t, server, tested.Config{Stream: "tasks"})
	for _, word := range words {
		d := one(t, q)
		if len(d.Payload) > 0 || d.Headers["Status"] != word {
			t.Errorf("got %q with %q, wanted the task that says %s", d.Payload, d.Headers, word)
		}
		if err := q.Ack(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReleasedDeliveriesDoNotCountInAnotherProcess(t *testing.T) {
	server := natstest.Start(t)
	workQueue(server, "tasks")
	publish(t, server, "tasks", "a")
	attempt := func(want int, settle func(*tested.Queue, queue.Delivery) error) {
		t.Helper()
		q := open(t, server, tested.Config{Stream: "tasks"})
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

func TestReleasesOfAStreamDoNotCountForOneThatIsMadeAgain(t *testing.T) {
	server := natstest.Start(t)
	workQueue(server, "tasks")
	publish(t, server, "tasks", "first")
	q := open(t, server, tested.Config{Stream: "tasks"})
	for range 3 {
		if err := q.Release(t.Context(), one(t, q)); err != nil {
			t.Fatal(err)
		}
	}
	q.Close()
	makeAgain(t, server)
	publish(t, server, "tasks", "second")
	q = open(t, server, tested.Config{Stream: "tasks"})
	for attempt := range 3 {
		d := one(t, q)
		if d.Attempt != attempt+1 {
			t.Fatalf("attempt %d, want %d", d.Attempt, attempt+1)
		}
		if err := q.Nak(t.Context(), d, 0); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFetchThatIsCancelledHoldsNothingBack(t *testing.T) {
	server := natstest.Start(t)
	workQueue(server, "tasks")
	// Long enough for a task that is held back to be missed.
	q := open(t, server, tested.Config{Stream: "tasks", AckWait: time.Minute})
	for i := range 30 {
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

func TestFetchersOfSeveralProcessesShareATrickle(t *testing.T) {
	server := natstest.Start(t)
	workQueue(server, "tasks")
	const fetchers, tasks = 4, 40
	got := make(chan string)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for range fetchers {
		q := open(t, server, tested.Config{Stream: "tasks"})
		go func() {
			for {
				batch, err := q.Fetch(ctx, 10) // more than there ever is
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

func TestMaxAckPendingBoundsAllProcesses(t *testing.T) {
	server := natstest.Start(t)
	workQueue(server, "tasks")
	publish(t, server, "tasks", "a", "b", "c", "d")
	config := tested.Config{Stream: "tasks", MaxAckPending: 3, AckWait: time.Minute}
	first, second := open(t, server, config), open(t, server, config)
	held := fetch(t, first, 2)
	held = append(held, fetch(t, second, 10)...)
	if len(held) != 3 {
		t.Fatalf("%d are held", len(held))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if batch, err := first.Fetch(ctx, 1); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("a fourth: %+v, %v", batch, err)
	}
	if err := first.Ack(t.Context(), held[0]); err != nil {
		t.Fatal(err)
	}
	if d := one(t, second); d.ID != "d" {
		t.Fatalf("got %q", d.ID)
	}
}

func TestAConsumerThatSomebodyDeletesIsMadeAnew(t *testing.T) {
	server := natstest.Start(t)
	stream := workQueue(server, "tasks")
	q := open(t, server, tested.Config{Stream: "tasks"})
	if err := stream.DeleteConsumer(t.Context(), "worker"); err != nil {
		t.Fatal(err)
	}
	publish(t, server, "tasks", "a")
	if _, err := q.Fetch(t.Context(), 1); err == nil || !strings.Contains(err.Error(), "gone") {
		t.Fatalf("error %v, want that the consumer was gone", err)
	}
	if d := one(t, q); d.ID != "a" {
		t.Fatalf("got %+v", d)
	}
}

func TestWorkSurvivesARestartOfTheBroker(t *testing.T) {
	server := natstest.Start(t)
	workQueue(server, "tasks")
	publish(t, server, "tasks", "a", "b")
	q := open(t, server, tested.Config{Stream: "tasks", AckWait: time.Minute, ExitWhenIdle: true})
	batch := fetch(t, q, 2)
	server.Kill()
	acked := make(chan error, len(batch))
	for _, d := range batch {
		go func() { acked <- q.Ack(t.Context(), d) }()
	}
	server.Resume()
	for range batch {
		switch err := <-acked; {
		case errors.Is(err, queue.ErrStale): // the server lost the delivery with its memory
			if err := q.Ack(t.Context(), one(t, q)); err != nil {
				t.Fatal(err)
			}
		case err != nil:
			t.Fatal(err)
		}
	}
	if rest, err := q.Fetch(t.Context(), 1); !errors.Is(err, io.EOF) {
		t.Fatalf("%+v, %v; want that both acks arrived", rest, err)
	}
}

func TestABlockedFetchGetsWhatComesAfterARestart(t *testing.T) {
	server := natstest.Start(t)
	workQueue(server, "tasks")
	q := open(t, server, tested.Config{Stream: "tasks"})
	got := make(chan string)
	go func() {
		for { // a worker fetches again after a failure
			if batch, err := q.Fetch(t.Context(), 1); err == nil {
				got <- batch[0].ID
				return
			} else if t.Context().Err() != nil {
				return
			}
		}
	}()
	server.Restart()
	publish(t, server, "tasks", "a")
	select {
	case id := <-got:
		if id != "a" {
			t.Fatalf("got %q", id)
		}
	case <-time.After(25 * time.Second):
		t.Fatal("the fetch still waits on the request that the old server knew")
	}
}

func TestTasksSurviveTheLossOfAServerOfThree(t *testing.T) {
	if testing.Short() {
		t.Skip("a cluster takes some seconds")
	}
	servers := natstest.StartCluster(t, 3)
	stream := servers[0].Stream(jetstream.StreamConfig{Name: "tasks", Retention: jetstream.WorkQueuePolicy, Replicas: 3})
	var ids []string
	for i := range 60 {
		ids = append(ids, "task"+strconv.Itoa(100+i))
	}
	publish(t, servers[0], "tasks", ids...)
	leader := must[*jetstream.StreamInfo](t)(stream.Info(t.Context())).Cluster.Leader
	var addresses []string
	for _, s := range servers {
		addresses = append(addresses, s.Address)
	}
	conn := must[*nats.Conn](t)(tested.Access{Servers: addresses}.Connect(t.Context(), "test", quiet))
	q := must[*tested.Queue](t)(tested.Open(t.Context(), conn, tested.Config{
		Stream: "tasks", Consumer: "worker", AckWait: 20 * time.Second, MaxAckPending: 10, ExitWhenIdle: true,
	}))
	defer q.Close()
	var done []string
	for {
		batch, err := q.Fetch(t.Context(), 4)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			time.Sleep(100 * time.Millisecond) // as a worker does
			continue
		}
		if len(done) == 20 {
			for i, s := range servers {
				if leader == "n"+strconv.Itoa(i) {
					s.Kill()
				}
			}
		}
		for _, d := range batch {
			if err := q.Ack(t.Context(), d); err != nil {
				t.Fatal(err)
			}
			done = append(done, d.ID)
		}
	}
	slices.Sort(done)
	if !slices.Equal(done, ids) {
		t.Fatalf("%d deliveries of %d tasks: %q", len(done), len(ids), done)
	}
}

// change edits the consumer, as somebody does with the server's tools.
func change(t *testing.T, stream jetstream.Stream, edit func(*jetstream.ConsumerConfig)) {
	t.Helper()
	config := must[jetstream.Consumer](t)(stream.Consumer(t.Context(), "worker")).CachedInfo().Config
	edit(&config)
	must[jetstream.Consumer](t)(stream.UpdateConsumer(t.Context(), config))
}

func TestDriftNamesEachSettingThatKeepsTasksFromAWorker(t *testing.T) {
	server := natstest.Start(t)
	stream := workQueue(server, "tasks")
	for _, c := range []struct {
		edit func(*jetstream.ConsumerConfig)
		want queue.Difference
	}{
		{func(c *jetstream.ConsumerConfig) { c.MaxRequestBatch = 1 }, queue.Difference{Field: "max_batch", Wanted: "0", Got: "1"}},
		{
			func(c *jetstream.ConsumerConfig) { c.MaxRequestExpires = time.Second },
			queue.Difference{Field: "max_expires", Wanted: "0s", Got: "1s"},
		},
		{func(c *jetstream.ConsumerConfig) { c.MaxRequestMaxBytes = 10 }, queue.Difference{Field: "max_bytes", Wanted: "0", Got: "10"}},
		{
			func(c *jetstream.ConsumerConfig) { c.InactiveThreshold = time.Hour },
			queue.Difference{Field: "inactive_threshold", Wanted: "0s", Got: "1h0m0s"},
		},
		{
			func(c *jetstream.ConsumerConfig) {
				c.PriorityPolicy, c.PriorityGroups = jetstream.PriorityPolicyOverflow, []string{"a"}
			},
			queue.Difference{Field: "priority_groups", Wanted: "[]", Got: "[a]"},
		},
	} {
		q := open(t, server, tested.Config{Stream: "tasks"}) // which makes the consumer anew
		change(t, stream, c.edit)
		if found := must[[]queue.Difference](t)(q.Drift(t.Context())); !slices.Equal(found, []queue.Difference{c.want}) {
			t.Errorf("found %v, want %v", found, c.want)
		}
	}
}

func TestDriftNamesWhatSomebodyChanged(t *testing.T) {
	server := natstest.Start(t)
	stream := workQueue(server, "tasks")
	q := open(t, server, tested.Config{Stream: "tasks"})
	drift := func() []queue.Difference {
		t.Helper()
		return must[[]queue.Difference](t)(q.Drift(t.Context()))
	}
	if found := drift(); len(found) > 0 {
		t.Fatalf("fresh: %v", found)
	}
	change(t, stream, func(c *jetstream.ConsumerConfig) { c.MaxAckPending, c.AckWait = 3, time.Minute })
	want := []queue.Difference{{Field: "ack_wait", Wanted: "1.5s", Got: "1m0s"}, {Field: "max_ack_pending", Wanted: "1000", Got: "3"}}
	if found := drift(); !slices.Equal(found, want) {
		t.Fatalf("found %v, want %v", found, want)
	}
	// The next version of the worker.
	next := open(t, server, tested.Config{Stream: "tasks", MaxAckPending: 77})
	if found := drift(); len(found) > 0 {
		t.Fatalf("after the next version opened: %v", found)
	}
	if found := must[[]queue.Difference](t)(next.Drift(t.Context())); len(found) > 0 {
		t.Fatalf("the next version itself: %v", found)
	}
}
