package worker

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"capstan/contract"
	"capstan/queue"
	"capstan/queue/driver"
	"capstan/queue/redis"
	"capstan/queue/redis/redistest"
)

// onRedis makes a rig whose tasks come from the stream `tasks` of a real server. It ends when it is
// idle. Time is real.
func onRedis(t *testing.T, server *redistest.Server, h Handler[int]) *rig {
	t.Helper()
	config := testConfig(t, 0)
	ends, dead := true, "dead"
	config.Source = contract.Source{Redis: &contract.RedisSource{
		Addresses: []string{server.Address}, Stream: "tasks", Group: "crawl", DeadLetterStream: &dead, ExitWhenIdle: &ends,
	}}
	config.Task.AckWaitSeconds = 5
	config.Task.Backoff = contract.Backoff{InitialSeconds: 0.05, MaxSeconds: 0.1, Factor: 2}
	r := newRig(t, config, h)
	r.drivers = []driver.Driver{redis.Driver}
	return r
}

// redisServer starts a server with the numbers 0 to tasks-1 in the stream `tasks`.
func redisServer(t *testing.T, tasks int) *redistest.Server {
	t.Helper()
	server := redistest.Start(t)
	p, err := redis.OpenPublisher(server.Client(), redis.PublisherConfig{Stream: "tasks"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range tasks {
		if err := p.Publish(t.Context(), queue.Task{ID: "task-" + strconv.Itoa(i), Payload: []byte(strconv.Itoa(i))}); err != nil {
			t.Fatal(err)
		}
	}
	return server
}

func TestRedisWorkerWorksAStreamOff(t *testing.T) {
	const tasks = 50
	server := redisServer(t, tasks)
	var done effects
	r := onRedis(t, server, func(_ context.Context, task Task[int]) error {
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
	letters, err := redis.Driver.OpenDeadLetters(t.Context(), r.config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer letters.Close()
	list, err := letters.List(t.Context(), "", 10)
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]string{}
	for _, letter := range list {
		reasons[letter.ID] = letter.Reason
	}
	want := map[string]string{"task-7": "corrupt", "task-8": "failed 3 of 3 attempts: panicked: always"}
	if !maps.Equal(reasons, want) {
		t.Errorf("dead letters %v, want %v", reasons, want)
	}
}

func TestRedisWorkersHandTasksOverWithoutCountingAnAttempt(t *testing.T) {
	const tasks = 60
	server := redisServer(t, tasks)
	var done effects
	running := make(chan struct{}, 10*tasks)
	worker := func() *rig {
		r := onRedis(t, server, func(ctx context.Context, task Task[int]) error {
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

func TestRedisWorkerKeepsTheLeaseOfALongTask(t *testing.T) {
	server := redisServer(t, 1)
	var done effects
	r := onRedis(t, server, func(ctx context.Context, task Task[int]) error {
		done.note(task.Payload)
		return sleep(ctx, 3*time.Second)
	})
	r.config.Task.AckWaitSeconds = 1
	if report := r.run(); report.Tasks.Done != 1 {
		t.Fatalf("ended with %+v", report)
	}
	done.wantOnce(t, 1)
}

func TestRedisWorkerOutlivesARestartOfTheServer(t *testing.T) {
	const tasks = 40
	server := redistest.Start(t, redistest.Durable...)
	p, err := redis.OpenPublisher(server.Client(), redis.PublisherConfig{Stream: "tasks"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range tasks {
		if err := p.Publish(t.Context(), queue.Task{Payload: []byte(strconv.Itoa(i))}); err != nil {
			t.Fatal(err)
		}
	}
	var (
		done  effects
		begun atomic.Int64
	)
	half := make(chan struct{})
	r := onRedis(t, server, func(ctx context.Context, task Task[int]) error {
		if begun.Add(1) == tasks/2 {
			close(half)
		}
		done.note(task.Payload)
		return sleep(ctx, 20*time.Millisecond)
	}).start()
	<-half
	server.Kill()
	server.Resume()
	if report := r.wait(); report.Reason != contract.WorkerReportReasonIdle || report.Tasks.Dead != 0 {
		t.Fatalf("ended with %+v: %v", report, r.err)
	}
	if done.count() != tasks {
		t.Errorf("%d tasks of %d were done", done.count(), tasks)
	}
}

func TestRedisBacklogIsSharedInTheMetrics(t *testing.T) {
	server := redisServer(t, 5)
	release := make(chan struct{})
	r := onRedis(t, server, func(context.Context, Task[int]) error { <-release; return nil }).start()
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
