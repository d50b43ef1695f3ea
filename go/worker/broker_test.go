package worker

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"capstan/contract"
	"capstan/queue"
	"capstan/queue/driver"
	driven "capstan/queue/jetstream"
	"capstan/queue/jetstream/natstest"
)

// onBroker makes a rig whose tasks come from the stream `tasks` of a real server, with the numbers
// 0 to seeds-1 in it. It ends when it is idle. Time is real.
func onBroker(t *testing.T, server *natstest.Server, h Handler[int]) *rig {
	t.Helper()
	config := testConfig(t, 0)
	ends := true
	config.Source = contract.Source{Jetstream: &contract.JetStreamSource{
		Servers: []string{server.Address}, Stream: "tasks", Consumer: "crawl", MaxAckPending: 100, ExitWhenIdle: &ends,
	}}
	config.Task.AckWaitSeconds = 5
	config.Task.Backoff = contract.Backoff{InitialSeconds: 0.05, MaxSeconds: 0.1, Factor: 2}
	r := newRig(t, config, h)
	r.drivers = []driver.Driver{driven.Driver}
	return r
}

// broker starts a server with the numbers 0 to tasks-1 in the stream `tasks`.
func broker(t *testing.T, tasks int) *natstest.Server {
	t.Helper()
	server := natstest.Start(t)
	server.Stream(jetstream.StreamConfig{Name: "tasks", Retention: jetstream.WorkQueuePolicy})
	js := server.JetStream()
	for i := range tasks {
		if _, err := js.Publish(t.Context(), "tasks", []byte(strconv.Itoa(i)), jetstream.WithMsgID("task-"+strconv.Itoa(i))); err != nil {
			t.Fatal(err)
		}
	}
	return server
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

func TestJetStreamWorkerWorksAStreamOff(t *testing.T) {
	const tasks = 50
	server := broker(t, tasks)
	dead := server.Stream(jetstream.StreamConfig{Name: "dead"})
	var done effects
	r := onBroker(t, server, func(_ context.Context, task Task[int]) error {
		switch n := task.Payload; {
		case n%10 == 3 && task.Attempt == 1:
			return errors.New("once")
		case n == 7:
			return Permanent(errors.New("corrupt"))
		case n == 8:
			panic("always")
		}
		done.note(task.Payload)
		return nil
	})
	subject := "dead.tasks"
	r.config.Source.Jetstream.DeadLetterSubject = &subject
	r.wrap = func(q queue.Queue) queue.Queue {
		_, takesBatches := q.(queue.BatchAcker)
		if _, tellsDrift := q.(queue.Drifter); !takesBatches || !tellsDrift {
			t.Errorf("the worker sees a queue that takes batches: %v, tells drift: %v", takesBatches, tellsDrift)
		}
		return q
	}
	report := r.run()
	if report.Reason != contract.WorkerReportReasonIdle || report.ExitCode != exitClean {
		t.Fatalf("ended with %+v: %v", report, r.err)
	}
	if got := report.Tasks; got.Done != tasks-2 || got.Dead != 2 || got.Retried != 5+2 || got.Panicked != 3 || got.Lost != 0 {
		t.Errorf("the report counts %+v", got)
	}
	if done.count() != tasks-2 {
		t.Errorf("%d tasks were done", done.count())
	}
	reasons := map[string]string{}
	for sequence := range uint64(2) {
		letter, err := dead.GetMsg(t.Context(), sequence+1)
		if err != nil {
			t.Fatal(err)
		}
		reasons[letter.Header.Get(driven.HeaderID)] = letter.Header.Get(driven.HeaderReason)
	}
	want := map[string]string{"task-7": "corrupt", "task-8": "failed 3 of 3 attempts: panicked: always"}
	if !maps.Equal(reasons, want) {
		t.Errorf("dead letters %v, want %v", reasons, want)
	}
}

func TestJetStreamWorkersHandTasksOverWithoutCountingAnAttempt(t *testing.T) {
	const tasks = 60
	server := broker(t, tasks)
	var done effects
	running := make(chan struct{}, tasks)
	worker := func() *rig {
		r := onBroker(t, server, func(ctx context.Context, task Task[int]) error {
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
	done.wantOnce(t, tasks)
}

func TestJetStreamWorkerKeepsTheLeaseOfALongTask(t *testing.T) {
	server := broker(t, 1)
	var done effects
	r := onBroker(t, server, func(ctx context.Context, task Task[int]) error {
		done.note(task.Payload)
		return sleep(ctx, 3*time.Second)
	})
	r.config.Task.AckWaitSeconds = 1
	if report := r.run(); report.Tasks.Done != 1 {
		t.Fatalf("ended with %+v", report)
	}
	done.wantOnce(t, 1)
}

func TestRunFailsWithoutTheDriverThatItNeeds(t *testing.T) {
	for name, source := range map[string]contract.Source{
		"jetstream": {Jetstream: &contract.JetStreamSource{Servers: []string{"nats:4222"}, Stream: "a", Consumer: "b", MaxAckPending: 10}},
		"redis":     {Redis: &contract.RedisSource{Addresses: []string{"redis:6379"}, Stream: "a", Group: "b"}},
		"kafka":     {Kafka: &contract.KafkaSource{Brokers: []string{"kafka:9092"}, Topic: "a", Group: "b"}},
	} {
		r := newRig(t, testConfig(t, 0), nil)
		r.config.Source = source
		report := r.run()
		want := fmt.Sprintf("source.%s: this build has no %s driver", name, name)
		if report.ExitCode != exitBadConfiguration || !strings.HasPrefix(r.err.Error(), want) || strings.Contains(r.err.Error(), "\n") {
			t.Errorf("%s: exit code %d, error %v", name, report.ExitCode, r.err)
		}
	}
}

func TestASignalEndsTheWaitForABroker(t *testing.T) {
	server := natstest.Start(t)
	server.Kill()
	r := onBroker(t, server, nil).start()
	for len(r.log.lines(t, "waiting for the broker")) == 0 {
		time.Sleep(5 * time.Millisecond)
	}
	r.term()
	if report := r.wait(); report.ExitCode != exitUnfinished || report.Reason != contract.WorkerReportReasonSignal {
		t.Fatalf("ended with %+v: %v", report, r.err)
	}
}

func TestJetStreamBacklogIsSharedInTheMetrics(t *testing.T) {
	server := broker(t, 5)
	release := make(chan struct{})
	r := onBroker(t, server, func(context.Context, Task[int]) error { <-release; return nil }).start()
	for len(r.log.lines(t, "ready")) == 0 {
		time.Sleep(5 * time.Millisecond)
	}
	want := `capstan_queue_backlog{queue="shared",worker="crawl"} 3`
	deadline := time.Now().Add(10 * time.Second)
	for {
		_, text := r.get("/metrics")
		if slices.Contains(strings.Split(text, "\n"), want) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("no %s in\n%s", want, text)
		}
	}
	close(release)
	r.wait()
}
