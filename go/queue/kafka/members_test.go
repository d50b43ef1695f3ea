package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"capstan/queue"
	tested "capstan/queue/kafka"
	"capstan/queue/kafka/kafkatest"
)

// spread adds tasks 0 to n-1, task i to partition i mod partitions.
func spread(t *testing.T, server *kafkatest.Server, topic string, partitions, n int) {
	t.Helper()
	records := make([]*kgo.Record, n)
	for i := range records {
		records[i] = record(topic, strconv.Itoa(i))
		records[i].Partition = int32(i % partitions)
	}
	server.Produce(t, records...)
}

// members waits until a group has so many, with all partitions given to them.
func members(t *testing.T, server *kafkatest.Server, group string, n int) {
	t.Helper()
	admin := server.Admin(t)
	eventually(t, fmt.Sprintf("%d members", n), func() bool {
		groups, err := admin.DescribeGroups(t.Context(), group)
		return err == nil && groups[group].State == "Stable" && len(groups[group].Members) == n
	})
}

// workOff acknowledges everything until the queue is at its end, and returns the ids.
func workOff(t *testing.T, q queue.Queue) []string {
	t.Helper()
	var ids []string
	for {
		batch, err := q.Fetch(t.Context(), 10)
		if errors.Is(err, io.EOF) {
			return ids
		}
		must(t, err)
		for _, d := range batch {
			ids = append(ids, d.ID)
			must(t, q.Ack(t.Context(), d))
		}
	}
}

func TestANewMemberGetsPartitionsOnceWhatFliesHasLanded(t *testing.T) {
	server := kafkatest.Shared(t)
	topic := server.Topic(t, 2)
	spread(t, server, topic, 2, 20)
	first := open(t, server, tested.Config{Topic: topic, Grace: 30 * time.Second})
	held := fetch(t, first, 20)
	second := open(t, server, tested.Config{Topic: topic, Grace: 30 * time.Second})
	got := make(chan error, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	go func() {
		_, err := second.Fetch(ctx, 1)
		got <- err
	}()
	if err := <-got; !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("the second member fetched (%v) while everything was in flight at the first", err)
	}
	for i, err := range first.AckBatch(t.Context(), held) {
		if err != nil {
			t.Fatalf("delivery %d: %v", i, err)
		}
	}
	members(t, server, topic+"-workers", 2)
	spread(t, server, topic, 2, 4)
	for _, q := range []queue.Queue{first, second} {
		for _, d := range fetch(t, q, 2) {
			must(t, q.Ack(t.Context(), d))
		}
	}
	// The first commits what it acknowledged a moment later.
	eventually(t, "no backlog, as nothing that the first acknowledged came again", func() bool {
		n, err := second.Backlog(t.Context())
		return err == nil && n == 0
	})
}

func TestWhatOutlastsTheGraceIsStaleAndComesToTheNextOwner(t *testing.T) {
	server := kafkatest.Shared(t)
	topic := server.Topic(t, 2)
	spread(t, server, topic, 2, 4)
	first := open(t, server, tested.Config{Topic: topic, Grace: 100 * time.Millisecond})
	held := fetch(t, first, 4)
	second := open(t, server, tested.Config{Topic: topic, Grace: 100 * time.Millisecond})
	again := fetch(t, second, 2)
	for _, d := range held {
		moved := slices.ContainsFunc(again, func(it queue.Delivery) bool { return it.ID == d.ID })
		for what, err := range map[string]error{"InProgress": first.InProgress(t.Context(), d), "Ack": first.Ack(t.Context(), d)} {
			if moved && !errors.Is(err, queue.ErrStale) || !moved && err != nil {
				t.Errorf("%s of task %s, moved: %v: %v", what, d.ID, moved, err)
			}
		}
	}
	for _, d := range again {
		must(t, second.Ack(t.Context(), d))
	}
}

func TestMoreMembersThanPartitionsLeaveOneIdleUntilAnotherGoes(t *testing.T) {
	server := kafkatest.Shared(t)
	topic := server.Topic(t, 1)
	spread(t, server, topic, 1, 10)
	first := open(t, server, tested.Config{Topic: topic})
	batch := fetch(t, first, 4)
	spare := open(t, server, tested.Config{Topic: topic})
	members(t, server, topic+"-workers", 2)
	must(t, first.Ack(t.Context(), batch[0]))
	must(t, first.Ack(t.Context(), batch[1]))
	must(t, first.Ack(t.Context(), batch[3])) // not for good: one before it is in flight
	must(t, first.Close())
	var ids []string
	for _, d := range fetch(t, spare, 8) {
		ids = append(ids, d.ID)
	}
	if want := "2 3 4 5 6 7 8 9"; strings.Join(ids, " ") != want {
		t.Fatalf("the spare member got %q, want %s", ids, want)
	}
}

// memberVariable makes the test binary a member that holds what it fetches until it is killed.
const memberVariable = "KAFKA_TEST_MEMBER"

// runMember acknowledges every second batch, and says what it does.
func runMember(order string) error {
	ctx := context.Background()
	broker, topic, _ := strings.Cut(order, " ")
	q, err := tested.Open(ctx, tested.Access{Brokers: []string{broker}, Name: "helper"},
		tested.Config{Topic: topic, Group: topic + "-workers", Session: session, AckWait: time.Second})
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		batch, err := q.Fetch(ctx, 5)
		if err != nil {
			return err
		}
		for _, d := range batch {
			what := "held"
			if i%2 == 0 {
				what = "done"
				if err := q.Ack(ctx, d); err != nil {
					return err
				}
			}
			fmt.Println(what, d.ID)
		}
	}
}

func TestNothingIsLostWithAMemberThatIsKilled(t *testing.T) {
	server := kafkatest.Shared(t)
	const tasks, partitions = 200, 4
	topic := server.Topic(t, partitions)
	survivor := open(t, server, tested.Config{Topic: topic, ExitWhenIdle: true})
	helper := exec.CommandContext(t.Context(), os.Args[0])
	helper.Env = append(os.Environ(), memberVariable+"="+server.Address+" "+topic)
	output, err := helper.StdoutPipe()
	must(t, err)
	must(t, helper.Start())
	members(t, server, topic+"-workers", 2)
	spread(t, server, topic, partitions, tasks)
	var seen strings.Builder
	buffer := make([]byte, 4096)
	for !strings.Contains(seen.String(), "held") {
		n, err := output.Read(buffer)
		must(t, err)
		seen.Write(buffer[:n])
	}
	must(t, helper.Process.Kill())
	rest, _ := io.ReadAll(output)
	seen.Write(rest)
	_ = helper.Wait()
	done := make(map[string]int)
	for _, id := range workOff(t, survivor) {
		done[id]++
	}
	for id, n := range done {
		if n > 1 {
			t.Errorf("the survivor had task %s %d times", id, n)
		}
	}
	for line := range strings.Lines(seen.String()) {
		if id, isDone := strings.CutPrefix(strings.TrimSpace(line), "done "); isDone {
			done[id]++
		}
	}
	if len(done) != tasks {
		t.Errorf("%d of %d tasks were done", len(done), tasks)
	}
}
