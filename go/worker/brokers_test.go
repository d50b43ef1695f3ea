package worker

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/twmb/franz-go/pkg/kgo"

	"capstan/contract"
	"capstan/queue"
	"capstan/queue/driver"
	driven "capstan/queue/jetstream"
	"capstan/queue/jetstream/natstest"
	"capstan/queue/kafka"
	"capstan/queue/kafka/kafkatest"
	"capstan/queue/redis"
	"capstan/queue/redis/redistest"
)

// realBroker is a real server, and how tasks come to it. Time is real.
type realBroker struct {
	driver driver.Driver
	// fill makes a stream with the numbers 0 to tasks-1, whose ids are task-0 and so on. It ends when
	// it is idle, and has dead letters.
	fill func(t *testing.T, stream string, tasks int) contract.Source
}

func onNATS(server *natstest.Server) realBroker {
	return realBroker{driven.Driver, func(t *testing.T, stream string, tasks int) contract.Source {
		t.Helper()
		server.Stream(jetstream.StreamConfig{Name: stream, Retention: jetstream.WorkQueuePolicy})
		server.Stream(jetstream.StreamConfig{Name: stream + "-dead"})
		js := server.JetStream()
		for i := range tasks {
			if _, err := js.Publish(t.Context(), stream, []byte(strconv.Itoa(i)), jetstream.WithMsgID("task-"+strconv.Itoa(i))); err != nil {
				t.Fatal(err)
			}
		}
		ends, dead := true, stream+"-dead.tasks"
		return contract.Source{Jetstream: &contract.JetStreamSource{
			Servers: []string{server.Address}, Stream: stream, Consumer: "crawl", MaxAckPending: 100, DeadLetterSubject: &dead, ExitWhenIdle: &ends,
		}}
	}}
}

func onRedis(server *redistest.Server) realBroker {
	return realBroker{redis.Driver, func(t *testing.T, stream string, tasks int) contract.Source {
		t.Helper()
		p, err := redis.OpenPublisher(server.Client(), redis.PublisherConfig{Stream: stream})
		if err != nil {
			t.Fatal(err)
		}
		for i := range tasks {
			if err := p.Publish(t.Context(), queue.Task{ID: "task-" + strconv.Itoa(i), Payload: []byte(strconv.Itoa(i))}); err != nil {
				t.Fatal(err)
			}
		}
		ends, dead := true, stream+"-dead"
		return contract.Source{Redis: &contract.RedisSource{
			Addresses: []string{server.Address}, Stream: stream, Group: "crawl", DeadLetterStream: &dead, ExitWhenIdle: &ends,
		}}
	}}
}

func onKafka(server *kafkatest.Server) realBroker {
	const partitions = 2
	return realBroker{kafka.Driver, func(t *testing.T, stream string, tasks int) contract.Source {
		t.Helper()
		for name, partitions := range map[string]int32{stream: partitions, stream + "-dead": 1} {
			if _, err := server.Admin(t).CreateTopic(t.Context(), partitions, 1, nil, name); err != nil {
				t.Fatal(err)
			}
		}
		records := make([]*kgo.Record, tasks)
		for i := range records {
			records[i] = &kgo.Record{
				Topic: stream, Partition: int32(i % partitions), Value: []byte(strconv.Itoa(i)),
				Headers: []kgo.RecordHeader{{Key: kafka.HeaderID, Value: []byte("task-" + strconv.Itoa(i))}},
			}
		}
		server.Produce(t, records...)
		ends, dead := true, stream+"-dead"
		return contract.Source{Kafka: &contract.KafkaSource{
			Brokers: []string{server.Address}, Topic: stream, Group: stream, DeadLetterTopic: &dead, ExitWhenIdle: &ends,
		}}
	}}
}

// rig makes a worker of such a source.
func (b realBroker) rig(t *testing.T, source contract.Source, h Handler[int]) *rig {
	t.Helper()
	config := testConfig(t, 0)
	config.Source = source
	config.Task.AckWaitSeconds = 6
	config.Task.Backoff = contract.Backoff{InitialSeconds: 0.05, MaxSeconds: 0.1, Factor: 2}
	if !b.driver.Capabilities.Attempts {
		config.Task.MaxAttempts = 1
	}
	r := newRig(t, config, h)
	r.drivers = []driver.Driver{b.driver}
	return r
}

// effects counts what handlers did, by task.
type effects struct {
	mu   sync.Mutex
	done map[int]int
}

func (e *effects) note(task int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.done == nil {
		e.done = make(map[int]int)
	}
	e.done[task]++
}

func (e *effects) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.done)
}

// wantOnce expects each of the tasks once.
func (e *effects) wantOnce(t *testing.T, tasks int) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := range tasks {
		if e.done[i] != 1 {
			t.Errorf("task %d was done %d times", i, e.done[i])
		}
	}
}

func TestAWorkerOnJetStream(t *testing.T) { testOn(t, onNATS(natstest.Start(t))) }
func TestAWorkerOnRedis(t *testing.T)     { testOn(t, onRedis(redistest.Start(t))) }
func TestAWorkerOnKafka(t *testing.T)     { testOn(t, onKafka(kafkatest.Start(t))) }

// testOn tests what a worker does on every broker, as far as its queue can.
func testOn(t *testing.T, b realBroker) {
	can := b.driver.Capabilities
	for _, it := range []struct {
		name     string
		test     func(*testing.T, realBroker)
		promised bool
	}{
		{"works a stream off, and buries what fails", worksOff, true},
		{"hands tasks over without counting an attempt", handsOver, true},
		{"keeps the lease of a long task", keepsLease, can.Heartbeat},
		{"shows the backlog that all share", sharesBacklog, can.Delay},
		{"does not take tasks that others delayed for the end", minds("delayed", delays), can.Delay},
		{"does not take tasks that a killed process had for the end", minds("held", dies), can.Heartbeat},
	} {
		t.Run(it.name, func(t *testing.T) {
			if !it.promised {
				t.Skip("not a capability of this queue")
			}
			it.test(t, b)
		})
	}
}

func worksOff(t *testing.T, b realBroker) {
	const tasks = 50
	retries := b.driver.Capabilities.Attempts
	var done effects
	r := b.rig(t, b.fill(t, "whole", tasks), func(_ context.Context, task Task[int]) error {
		switch n := task.Payload; {
		case retries && n%10 == 3 && task.Attempt == 1:
			return errors.New("once")
		case n == 7:
			return Permanent(errors.New("corrupt"))
		case n == 8:
			panic("always")
		}
		done.note(task.Payload)
		return nil
	})
	r.wrap = func(q queue.Queue) queue.Queue {
		_, takesBatches := batchAcker(q)
		if _, tellsDrift := q.(queue.Drifter); !takesBatches || tellsDrift != retries {
			t.Errorf("the worker sees a queue that takes batches: %v, tells drift: %v", takesBatches, tellsDrift)
		}
		return q
	}
	report := r.run()
	if report.Reason != contract.WorkerReportReasonIdle || report.ExitCode != exitClean {
		t.Fatalf("ended with %+v: %v", report, r.err)
	}
	wanted := contract.Tasks{Done: tasks - 2, Dead: 2, Retried: 5 + 2, Panicked: 3}
	dead := map[string]string{"task-7": "corrupt", "task-8": "failed 3 of 3 attempts: panicked: always"}
	if !retries {
		wanted.Retried, wanted.Panicked = 0, 1
		dead["task-8"] = "failed 1 of 1 attempts: panicked: always"
	}
	if report.Tasks != wanted {
		t.Errorf("the report counts %+v, want %+v", report.Tasks, wanted)
	}
	if done.count() != tasks-2 {
		t.Errorf("%d tasks were done", done.count())
	}
	if got := reasonsOf(t, b, r.config); !maps.Equal(got, dead) {
		t.Errorf("dead letters %v, want %v", got, dead)
	}
}

// reasonsOf are the reasons of dead letters by task.
func reasonsOf(t *testing.T, b realBroker, config *contract.WorkerContract) map[string]string {
	t.Helper()
	letters, err := b.driver.OpenDeadLetters(t.Context(), config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer letters.Close()
	listed, err := letters.List(t.Context(), "", 10)
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]string{}
	for _, it := range listed {
		reasons[it.ID] = it.Reason
	}
	return reasons
}

func handsOver(t *testing.T, b realBroker) {
	const tasks = 60
	source := b.fill(t, "handed", tasks)
	var done effects
	running := make(chan struct{}, 10*tasks)
	worker := func() *rig {
		r := b.rig(t, source, func(ctx context.Context, task Task[int]) error {
			running <- struct{}{}
			if err := sleep(ctx, 30*time.Millisecond); err != nil {
				return err
			}
			done.note(task.Payload)
			return nil
		})
		r.config.Task.MaxAttempts = 1 // a delivery that counts would be the last
		r.config.Shutdown.DrainSeconds = 0
		return r.start()
	}
	for done.count() < tasks/2 {
		r := worker()
		for range 4 {
			<-running
		}
		r.term() // at once, with tasks in their handlers
		if report := r.wait(); report.Tasks.Dead != 0 || report.Reason == contract.WorkerReportReasonFailed {
			t.Fatalf("ended with %+v: %v", report, r.err)
		}
	}
	if report := worker().wait(); report.Reason != contract.WorkerReportReasonIdle || report.Tasks.Dead != 0 {
		t.Fatalf("ended with %+v", report)
	}
	if done.count() != tasks {
		t.Errorf("%d of %d tasks were done", done.count(), tasks)
	}
	if b.driver.Capabilities.AckEach { // else what came behind one that was handed back comes again
		done.wantOnce(t, tasks)
	}
}

func keepsLease(t *testing.T, b realBroker) {
	var done effects
	r := b.rig(t, b.fill(t, "long", 1), func(ctx context.Context, task Task[int]) error {
		done.note(task.Payload)
		return sleep(ctx, 5*time.Second)
	})
	r.config.Task.AckWaitSeconds = 2 // renewed after half of it, on a machine that may be busy
	if report := r.run(); report.Tasks.Done != 1 {
		t.Fatalf("ended with %+v", report)
	}
	done.wantOnce(t, 1)
}

func sharesBacklog(t *testing.T, b realBroker) {
	release := make(chan struct{})
	r := b.rig(t, b.fill(t, "backlog", 5), func(context.Context, Task[int]) error { <-release; return nil }).start()
	want := `capstan_queue_backlog{queue="shared",worker="crawl"} 3`
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if len(r.log.lines(t, "ready")) > 0 {
			if _, text := r.get("/metrics"); slices.Contains(strings.Split(text, "\n"), want) {
				break
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("no %s in time", want)
		}
	}
	close(release)
	r.wait()
}

// minds tests that a worker which is told to end says that a task is left, after another process had it.
func minds(stream string, other func(*testing.T, realBroker, contract.Source)) func(*testing.T, realBroker) {
	return func(t *testing.T, b realBroker) {
		source := b.fill(t, stream, 1)
		other(t, b, source)
		r := b.rig(t, source, nothing)
		r.config.Task.AckWaitSeconds = 60 // it stays with the other
		r.start()
		r.logs("ready")
		r.term()
		r.wait()
		r.ends(contract.WorkerReportReasonSignal, exitUnfinished)
		r.counts(contract.Tasks{})
	}
}

// delays is a worker that puts a task off and ends.
func delays(t *testing.T, b realBroker, source contract.Source) {
	r := b.rig(t, source, func(context.Context, Task[int]) error { return RetryAfter(errors.New("busy"), time.Hour) }).start()
	r.logs("task finished")
	r.term()
	r.wait()
	r.ends(contract.WorkerReportReasonSignal, exitUnfinished)
}

// dies fetches a task, and looks to the broker like a process that was killed.
func dies(t *testing.T, b realBroker, source contract.Source) {
	config := b.rig(t, source, nil).config
	config.Task.AckWaitSeconds = 60
	q, err := b.driver.OpenQueue(t.Context(), config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if batch, err := q.Fetch(t.Context(), 1); err != nil || len(batch) != 1 {
		t.Fatalf("fetched %v, %v", batch, err)
	}
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
}
