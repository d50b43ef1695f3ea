package kafka_test

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"capstan/queue"
	tested "capstan/queue/kafka"
	"capstan/queue/kafka/kafkatest"
)

// buried gives the dead letters of a worker that buried n tasks, and its queue.
func buried(t *testing.T, server *kafkatest.Server, n int, settings ...string) (*tested.DeadLetters, *tested.Queue) {
	t.Helper()
	topic, dead := server.Topic(t, 1), server.Topic(t, 2, settings...)
	publisher, err := tested.OpenPublisher(t.Context(), access(server), topic, logOf(t))
	must(t, err)
	defer publisher.Close()
	for i := range n {
		must(t, publisher.Publish(t.Context(), queue.Task{
			ID: strconv.Itoa(i), Key: "k" + strconv.Itoa(i), Payload: []byte(`{"n":` + strconv.Itoa(i) + `}`), Headers: map[string]string{"traceparent": "00-1"},
		}))
	}
	q := open(t, server, tested.Config{Topic: topic, DeadLetterTopic: dead, ExitWhenIdle: true})
	for _, d := range fetch(t, q, n) {
		must(t, q.Dead(t.Context(), d, "corrupt\nin line 2"))
	}
	letters, err := tested.OpenDeadLetters(t.Context(), access(server), topic+"-workers", dead, topic, logOf(t))
	must(t, err)
	t.Cleanup(func() { _ = letters.Close() })
	return letters, q
}

func TestDeadLeavesOutTheStackOfATaskThatLeavesNoRoomForIt(t *testing.T) {
	server := kafkatest.Shared(t)
	topic, dead := server.Topic(t, 1), server.Topic(t, 1)
	server.Produce(t, &kgo.Record{Topic: topic, Value: randomBytes(1_048_000)}) // a batch has 1,048,588
	q := open(t, server, tested.Config{Topic: topic, DeadLetterTopic: dead, ExitWhenIdle: true})
	must(t, q.Dead(t.Context(), fetch(t, q, 1)[0], "corrupt\n"+hex.EncodeToString(randomBytes(3000))))
	page := listed(t, server, topic, dead)
	if len(page) != 1 || page[0].Reason != "corrupt" || page[0].Detail != "" || page[0].Bytes != 1_048_000 {
		t.Errorf("listed %+v", page)
	}
}

func TestTheLargestTaskOfAPublisherCanBeBuriedWithItsStack(t *testing.T) {
	server := kafkatest.Shared(t)
	topic, dead := server.Topic(t, 1), server.Topic(t, 1)
	publisher, err := tested.OpenPublisher(t.Context(), access(server), topic, logOf(t))
	must(t, err)
	defer publisher.Close()
	size := 1_000_012
	for ; ; size-- {
		err := publisher.Publish(t.Context(), queue.Task{ID: "large", Payload: randomBytes(size)})
		if err == nil {
			break
		}
		if !errors.Is(err, queue.ErrTooLarge) {
			t.Fatal(err)
		}
	}
	q := open(t, server, tested.Config{Topic: topic, DeadLetterTopic: dead, ExitWhenIdle: true})
	stack := strings.Repeat("stack ", 1000)
	must(t, q.Dead(t.Context(), fetch(t, q, 1)[0], "corrupt\n"+stack))
	if page := listed(t, server, topic, dead); len(page) != 1 || page[0].Detail != stack || page[0].Bytes != int64(size) {
		t.Errorf("listed %d letters", len(page))
	}
}

func TestLettersOfTasksThatATopicTakesByItsOwnBoundAreStored(t *testing.T) {
	const tasks = 4
	server := kafkatest.Shared(t)
	bound := "max.message.bytes=3000000"
	topic, dead := server.Topic(t, 1, bound), server.Topic(t, 1, bound)
	for range tasks {
		server.Produce(t, &kgo.Record{Topic: topic, Value: randomBytes(2_900_000)})
	}
	q := open(t, server, tested.Config{Topic: topic, DeadLetterTopic: dead, Window: tasks, ExitWhenIdle: true})
	var letters sync.WaitGroup
	for _, d := range fetch(t, q, tasks) {
		letters.Go(func() {
			if err := q.Dead(t.Context(), d, "corrupt\nin line 2"); err != nil {
				t.Error(err)
			}
		})
	}
	letters.Wait()
	page := listed(t, server, topic, dead)
	if len(page) != tasks {
		t.Fatalf("%d letters", len(page))
	}
	for _, letter := range page {
		if letter.Detail != "in line 2" || letter.Bytes != 2_900_000 {
			t.Errorf("%+v", letter)
		}
	}
}

// randomBytes do not get smaller on their way.
func randomBytes(n int) []byte {
	all := make([]byte, n)
	_, _ = rand.Read(all)
	return all
}

func listed(t *testing.T, server *kafkatest.Server, topic, dead string) []queue.DeadLetter {
	t.Helper()
	letters, err := tested.OpenDeadLetters(t.Context(), access(server), topic+"-workers", dead, topic, logOf(t))
	must(t, err)
	defer letters.Close()
	page, err := letters.List(t.Context(), "", 10)
	must(t, err)
	return page
}

func names(page []queue.DeadLetter) string {
	var ids []string
	for _, it := range page {
		ids = append(ids, it.ID)
	}
	return strings.Join(ids, " ")
}

func TestDeadLettersAreListedShownReplayedAndDropped(t *testing.T) {
	server := kafkatest.Shared(t)
	for _, policy := range []string{"delete", "compact"} {
		t.Run(policy, func(t *testing.T) {
			letters, q := buried(t, server, 4, "cleanup.policy="+policy)
			list := func(after string, limit int) []queue.DeadLetter {
				t.Helper()
				page, err := letters.List(t.Context(), after, limit)
				must(t, err)
				return page
			}
			all := list("", 10)
			if names(all) != "0 1 2 3" {
				t.Fatalf("listed %q", names(all))
			}
			if it := all[1]; it.Reason != "corrupt" || it.Detail != "in line 2" || it.Attempts != 1 || it.Bytes != 7 || it.Payload != nil ||
				!strings.HasSuffix(it.Letter, "-0-1") || time.Since(it.Time) > time.Hour {
				t.Errorf("%+v", it)
			}
			if page := list(all[1].Letter, 1); names(page) != "2" {
				t.Errorf("after the second: %q", names(page))
			}
			full, err := letters.Get(t.Context(), all[2].Letter)
			must(t, err)
			if string(full.Payload) != `{"n":2}` || full.Headers["traceparent"] != "00-1" || len(full.Headers) != 1 {
				t.Errorf("%+v", full)
			}
			must(t, letters.Drop(t.Context(), all[1].Letter))
			must(t, letters.Replay(t.Context(), all[2].Letter))
			if page := list("", 10); names(page) != "0 3" {
				t.Errorf("left: %q", names(page))
			}
			if page := list(all[2].Letter, 10); names(page) != "3" {
				t.Errorf("after one that is gone: %q", names(page))
			}
			again := fetch(t, q, 1)[0]
			if again.ID != "2" || again.Key != "k2" || string(again.Payload) != `{"n":2}` || again.Headers["traceparent"] != "00-1" {
				t.Errorf("replayed as %+v", again)
			}
			must(t, q.Ack(t.Context(), again))
			for what, err := range map[string]error{
				"Get": errOf(letters.Get(t.Context(), all[1].Letter)), "Drop": letters.Drop(t.Context(), all[1].Letter),
				"Replay": letters.Replay(t.Context(), "tasks-0-99"), "List": errOfList(letters.List(t.Context(), "tasks-0-99", 10)),
			} {
				if !errors.Is(err, queue.ErrNotFound) {
					t.Errorf("%s of one that is not there: %v", what, err)
				}
			}
		})
	}
}

func errOf(_ queue.DeadLetter, err error) error { return err }

func errOfList(_ []queue.DeadLetter, err error) error { return err }

func TestADeadLetterThatCannotBeStoredComesAgainWithItsReason(t *testing.T) {
	server := kafkatest.Shared(t)
	topic, dead := server.Topic(t, 1), server.Topic(t, 1, "max.message.bytes=100")
	publish(t, server, topic, "a")
	q := open(t, server, tested.Config{Topic: topic, DeadLetterTopic: dead, AckWait: 100 * time.Millisecond, ExitWhenIdle: true})
	d := fetch(t, q, 1)[0]
	if err := q.Dead(t.Context(), d, "corrupt"); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("store dead letter in topic %q", dead)) {
		t.Fatalf("error %v", err)
	}
	again := fetch(t, q, 1)[0]
	if again.ID != "a" || again.DeadReason != "corrupt" {
		t.Fatalf("%+v", again)
	}
	must(t, q.Ack(t.Context(), again))
}
