package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"capstan/queue"
	tested "capstan/queue/kafka"
	"capstan/queue/kafka/kafkatest"
)

func TestABrokerThatIsKilled(t *testing.T) {
	server := kafkatest.Start(t)
	t.Run("loses no task, and repeats none where its only member lives", func(t *testing.T) { losesNothing(t, server) })
	t.Run("holds up neither Close nor a publisher whose context ends", func(t *testing.T) { holdsNobodyUp(t, server) })
}

func losesNothing(t *testing.T, server *kafkatest.Server) {
	const tasks, partitions = 60, 2
	topic := server.Topic(t, partitions)
	spread(t, server, topic, partitions, tasks)
	q := open(t, server, tested.Config{Topic: topic, ExitWhenIdle: true})
	done := make(map[string]int)
	ack := func(batch []queue.Delivery) {
		for _, d := range batch {
			must(t, q.Ack(t.Context(), d))
			done[d.ID]++
		}
	}
	held, long := fetch(t, q, 10), fetch(t, q, 5)
	ack(fetch(t, q, 10))
	server.Kill(t)
	ack(held) // no broker is needed for that
	server.Resume(t)
	ack(fetch(t, q, 10))
	ack(long) // it went on all the while
	for {
		batch, err := q.Fetch(t.Context(), 7)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Logf("survived: %v", err)
			continue
		}
		ack(batch)
	}
	for id, n := range done {
		if n != 1 {
			t.Errorf("task %s was done %d times", id, n)
		}
	}
	if len(done) != tasks {
		t.Fatalf("%d of %d tasks were done", len(done), tasks)
	}
}

func holdsNobodyUp(t *testing.T, server *kafkatest.Server) {
	topic := server.Topic(t, 1)
	publisher, err := tested.OpenPublisher(t.Context(), access(server), topic, logOf(t))
	must(t, err)
	must(t, publisher.Publish(t.Context(), queue.Task{Payload: []byte("1")}))
	q := open(t, server, tested.Config{Topic: topic})
	d := fetch(t, q, 1)[0]
	server.Kill(t)
	must(t, q.Ack(t.Context(), d))
	began := time.Now()
	must(t, q.Close())
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("Close took %v", took)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	began = time.Now()
	if err := publisher.Publish(ctx, queue.Task{Payload: []byte("2")}); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 10*time.Second {
		t.Errorf("published after %v: %v", time.Since(began), err)
	}
	must(t, publisher.Close())
}

// proxy is a wire to a broker that can be cut: connections are closed, and the next ones work.
type proxy struct {
	listener net.Listener
	mu       sync.Mutex
	open     map[net.Conn]struct{}
}

func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	p := &proxy{listener: listener, open: make(map[net.Conn]struct{})}
	var all sync.WaitGroup
	t.Cleanup(func() {
		_ = listener.Close()
		p.cut()
		all.Wait()
	})
	all.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", target)
			if err != nil {
				_ = near.Close()
				continue
			}
			p.mu.Lock()
			p.open[near], p.open[far] = struct{}{}, struct{}{}
			p.mu.Unlock()
			for _, pair := range [][2]net.Conn{{near, far}, {far, near}} {
				all.Go(func() {
					_, _ = io.Copy(pair[0], pair[1])
					_ = pair[0].Close()
					_ = pair[1].Close()
				})
			}
		}
	})
	return p
}

func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		_ = c.Close()
		delete(p.open, c)
	}
}

func TestACutConnectionLosesNothingAndRepeatsNothing(t *testing.T) {
	var wire *proxy
	server := kafkatest.Start(t, kafkatest.Behind(func(address string) string {
		wire = newProxy(t, address)
		return wire.listener.Addr().String()
	}))
	const tasks = 40
	topic := server.Topic(t, 2)
	spread(t, server, topic, 2, tasks)
	q := open(t, server, tested.Config{Topic: topic, ExitWhenIdle: true})
	var ids []string
	for i := range 4 {
		for _, d := range fetch(t, q, 5) {
			ids = append(ids, d.ID)
			must(t, q.Ack(t.Context(), d))
		}
		if i%2 == 0 {
			wire.cut()
		}
	}
	wire.cut()
	for {
		batch, err := q.Fetch(t.Context(), 5)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Logf("survived: %v", err)
			continue
		}
		for _, d := range batch {
			ids = append(ids, d.ID)
			must(t, q.Ack(t.Context(), d))
		}
	}
	seen := make(map[string]bool)
	for _, id := range ids {
		seen[id] = true
	}
	if len(ids) != tasks || len(seen) != tasks {
		t.Fatalf("%d deliveries of %d tasks, want %d of %d", len(ids), len(seen), tasks, tasks)
	}
}

func TestOpenFailsInOneLine(t *testing.T) {
	server := kafkatest.Shared(t)
	topic := server.Topic(t, 1)
	ready := tested.Config{Topic: topic, Group: "g", Session: session, AckWait: time.Second}
	missing, noDead := ready, ready
	missing.Topic, noDead.DeadLetterTopic = "none", "none.dead"
	gone := tested.Access{Brokers: []string{"127.0.0.1:1"}}
	for name, c := range map[string]struct {
		access tested.Access
		config tested.Config
		want   string
	}{
		"no broker":             {gone, ready, "brokers 127.0.0.1:1: "},
		"no topic":              {access(server), missing, `topic "none": UNKNOWN_TOPIC_OR_PARTITION`},
		"no dead letter topic":  {access(server), noDead, `topic "none.dead": UNKNOWN_TOPIC_OR_PARTITION`},
		"nothing is configured": {access(server), tested.Config{}, "kafka queue: Topic must be a name"},
	} {
		t.Run("fails: "+name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			_, err := tested.Open(ctx, c.access, c.config)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v, want %s", err, c.want)
			}
			if name != "nothing is configured" && strings.Contains(err.Error(), "\n") {
				t.Fatalf("more than a line: %v", err)
			}
		})
	}
}

func TestLogsIn(t *testing.T) {
	server := kafkatest.Start(t, kafkatest.Login("develop", "it is a secret=1"))
	topic := server.Topic(t, 1)
	publish(t, server, topic, "a")
	c := tested.Config{Topic: topic, Group: "g", Session: session, AckWait: time.Second, ExitWhenIdle: true}
	for name, password := range map[string]string{"well": "it is a secret=1", "fails: a wrong password": "another"} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			began := time.Now()
			q, err := tested.Open(ctx, tested.Access{Brokers: []string{server.Address}, User: "develop", Password: password}, c)
			if name != "well" {
				if err == nil || !strings.Contains(err.Error(), "SASL_AUTHENTICATION_FAILED") || time.Since(began) > 10*time.Second {
					t.Fatalf("after %v: %v", time.Since(began), err)
				}
				return
			}
			must(t, err)
			defer q.Close()
			if ids := workOff(t, q); fmt.Sprint(ids) != "[a]" {
				t.Fatalf("got %q", ids)
			}
		})
	}
}

func TestMarksOfTransactionsAreNoTasks(t *testing.T) {
	server := kafkatest.Shared(t)
	topic := server.Topic(t, 1)
	producer := server.Client(t, kgo.TransactionalID(topic), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	for id, commit := range map[string]kgo.TransactionEndTry{"aborted": kgo.TryAbort, "committed": kgo.TryCommit} {
		must(t, producer.BeginTransaction())
		must(t, producer.ProduceSync(t.Context(), record(topic, id)).FirstErr())
		must(t, producer.EndTransaction(t.Context(), commit))
	}
	q := open(t, server, tested.Config{Topic: topic, ExitWhenIdle: true})
	if ids := workOff(t, q); fmt.Sprint(ids) != "[committed]" {
		t.Fatalf("got %q", ids)
	}
	if n, err := q.Backlog(t.Context()); err != nil || n != 0 {
		t.Fatalf("backlog %d, %v", n, err)
	}
}
