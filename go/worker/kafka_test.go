package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strconv"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"capstan/contract"
	"capstan/queue"
	"capstan/queue/driver"
	"capstan/queue/kafka"
	"capstan/queue/kafka/kafkatest"
)

// onKafka makes a rig whose tasks come from a topic of a real broker. It ends when it is idle. Time
// is real.
func onKafka(t *testing.T, server *kafkatest.Server, topic string, h Handler[int]) *rig {
	t.Helper()
	config := testConfig(t, 0)
	ends, dead := true, topic+".dead"
	config.Source = contract.Source{Kafka: &contract.KafkaSource{
		Brokers: []string{server.Address}, Topic: topic, Group: "crawl", DeadLetterTopic: &dead, ExitWhenIdle: &ends,
	}}
	config.Pool.Slots = 4
	config.Task.AckWaitSeconds, config.Task.MaxAttempts = 6, 1
	r := newRig(t, config, h)
	r.drivers = []driver.Driver{kafka.Driver}
	return r
}

// topicOf makes a topic with the numbers 0 to tasks-1, spread over its partitions, and the topic for
// its dead letters.
func topicOf(t *testing.T, server *kafkatest.Server, name string, partitions, tasks int) string {
	t.Helper()
	for name, partitions := range map[string]int{name: partitions, name + ".dead": 1} {
		if _, err := server.Admin(t).CreateTopic(t.Context(), int32(partitions), 1, nil, name); err != nil {
			t.Fatal(err)
		}
	}
	records := make([]*kgo.Record, tasks)
	for i := range records {
		records[i] = &kgo.Record{
			Topic: name, Partition: int32(i % partitions), Value: []byte(strconv.Itoa(i)),
			Headers: []kgo.RecordHeader{{Key: kafka.HeaderID, Value: []byte("task-" + strconv.Itoa(i))}},
		}
	}
	server.Produce(t, records...)
	return name
}

func TestKafkaWorker(t *testing.T) {
	server := kafkatest.Start(t)
	t.Run("works a topic off, and buries what fails", func(t *testing.T) { kafkaWorksOff(t, server) })
	t.Run("hands tasks over to the next worker", func(t *testing.T) { kafkaHandsOver(t, server) })
	t.Run("takes acknowledgements in batches", func(t *testing.T) { kafkaTakesBatches(t, server) })
}

func kafkaWorksOff(t *testing.T, server *kafkatest.Server) {
	const tasks = 50
	topic := topicOf(t, server, "whole", 3, tasks)
	var done effects
	r := onKafka(t, server, topic, func(_ context.Context, task Task[int]) error {
		switch task.Payload {
		case 7:
			return errors.New("once is enough")
		case 8:
			panic("always")
		}
		done.note(task.Payload)
		return nil
	})
	report := r.run()
	if report.Reason != contract.WorkerReportReasonIdle || report.ExitCode != exitClean {
		t.Fatalf("ended with %+v: %v", report, r.err)
	}
	if got := report.Tasks; got.Done != tasks-2 || got.Dead != 2 || got.Retried != 0 || got.Panicked != 1 || got.Lost != 0 {
		t.Errorf("the report counts %+v", got)
	}
	if done.count() != tasks-2 {
		t.Errorf("%d tasks were done", done.count())
	}
	letters, err := kafka.Driver.OpenDeadLetters(t.Context(), r.config, slog.New(slog.DiscardHandler))
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
	want := map[string]string{
		"task-7": "failed 1 of 1 attempts: once is enough", "task-8": "failed 1 of 1 attempts: panicked: always",
	}
	if !maps.Equal(reasons, want) {
		t.Errorf("dead letters %v, want %v", reasons, want)
	}
}

func kafkaHandsOver(t *testing.T, server *kafkatest.Server) {
	const tasks = 60
	topic := topicOf(t, server, "handed", 2, tasks)
	var done effects
	running := make(chan struct{}, tasks)
	worker := func() *rig {
		r := onKafka(t, server, topic, func(ctx context.Context, task Task[int]) error {
			running <- struct{}{}
			if err := sleep(ctx, 30*time.Millisecond); err != nil {
				return err
			}
			done.note(task.Payload)
			return nil
		})
		r.config.Shutdown.DrainSeconds = 0
		return r.start()
	}
	for done.count() < tasks/2 {
		r := worker()
		for range 8 {
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
}

func kafkaTakesBatches(t *testing.T, server *kafkatest.Server) {
	topic := topicOf(t, server, "batches", 1, 1)
	r := onKafka(t, server, topic, func(context.Context, Task[int]) error { return nil })
	taken := false
	r.wrap = func(q queue.Queue) queue.Queue {
		_, taken = batchAcker(q)
		return q
	}
	if report := r.run(); report.Tasks.Done != 1 {
		t.Fatal(fmt.Sprint(report))
	}
	if !taken {
		t.Error("the settler does not see that the source takes batches")
	}
}
