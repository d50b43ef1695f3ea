package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"capstan/contract"
	"capstan/queue"
	"capstan/queue/driver"
	"capstan/queue/jetstream/natstest"
	"capstan/queue/redis/redistest"
)

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

func TestRunFailsWithoutTheDriverOfAnAdaptiveLimit(t *testing.T) {
	r := newRig(t, testConfig(t, 0), func(context.Context, Task[int]) error { return nil })
	r.config.Protect = &contract.Protect{Adaptive: &contract.Adaptive{LeastSlots: 1}}
	report := r.run()
	if want := "protect.adaptive: this build has no adaptive driver. Run `npx capstan image build`"; report.ExitCode != exitBadConfiguration || !strings.HasPrefix(r.err.Error(), want) {
		t.Errorf("exit code %d, error %v", report.ExitCode, r.err)
	}
}

// A Job ends for good with the exit code of a bad configuration, which a broker that is away is not.
func TestABrokerThatStaysAwayIsNoBadConfiguration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		silent := errors.New("no server answers on redis:6379")
		away := driver.Driver{
			Name: "redis",
			OpenQueue: func(ctx context.Context, _ *contract.WorkerContract, _ *slog.Logger) (queue.Queue, error) {
				<-ctx.Done()
				return nil, silent
			},
			OpenDeadLetters: func(ctx context.Context, _ *contract.WorkerContract, _ *slog.Logger) (queue.DeadLetters, error) {
				<-ctx.Done()
				return nil, silent
			},
		}
		r := newRig(t, testConfig(t, 0), nothing)
		r.config.Source = contract.Source{Redis: &contract.RedisSource{Addresses: []string{"redis:6379"}, Stream: "a", Group: "b"}}
		r.drivers = []driver.Driver{away}
		if report := r.run(); report.ExitCode != exitFailed || !errors.Is(r.err, silent) {
			t.Errorf("the worker ended with %d and %v, want %d", report.ExitCode, r.err, exitFailed)
		}
		var errs strings.Builder
		load := func() (*contract.WorkerContract, error) { return r.config, nil }
		if code := runDLQ(t.Context(), []string{"list"}, load, r.drivers, io.Discard, &errs); code != exitFailed {
			t.Errorf("dlq list ended with %d, want %d: %s", code, exitFailed, errs.String())
		}
	})
}

func TestASignalEndsTheWaitForABroker(t *testing.T) {
	server := natstest.Start(t)
	b := onNATS(server)
	source := b.fill(t, "tasks", 0)
	server.Kill()
	r := b.rig(t, source, nil).start()
	for len(r.log.lines(t, "waiting for the broker")) == 0 {
		time.Sleep(5 * time.Millisecond)
	}
	r.term()
	if report := r.wait(); report.ExitCode != exitUnfinished || report.Reason != contract.WorkerReportReasonSignal {
		t.Fatalf("ended with %+v: %v", report, r.err)
	}
}

func TestAWorkerOutlivesARestartOfTheServer(t *testing.T) {
	const tasks = 40
	server := redistest.Start(t, redistest.Durable...)
	b := onRedis(server)
	source := b.fill(t, "tasks", tasks)
	var (
		done  effects
		begun atomic.Int64
	)
	half := make(chan struct{})
	r := b.rig(t, source, func(ctx context.Context, task Task[int]) error {
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
