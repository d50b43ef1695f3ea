package jetstream_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"capstan/queue"
	tested "capstan/queue/jetstream"
	"capstan/queue/jetstream/natstest"
)

// trial is a queue on a cluster of three, whose batches of acknowledgements meet a fault.
type trial struct {
	*testing.T
	servers  []*natstest.Server
	js       jetstream.JetStream
	stream   jetstream.Stream
	admin    *nats.Conn
	conn     *nats.Conn
	q        *tested.Queue
	unsure   int // tasks whose acknowledgement has an error
	repeated int // acknowledged, and not done for the broker
}

const trialBatch = 64

func newTrial(t *testing.T, tasks int) *trial {
	t.Helper()
	if testing.Short() {
		t.Skip("a cluster takes some seconds")
	}
	t.Parallel()
	r := &trial{T: t, servers: natstest.StartCluster(t, 3)}
	r.stream = r.servers[0].Stream(jetstream.StreamConfig{Name: "tasks", Retention: jetstream.WorkQueuePolicy, Replicas: 3})
	var addresses []string
	for _, s := range r.servers {
		addresses = append(addresses, s.Address)
	}
	access := tested.Access{Servers: addresses}
	r.admin = must[*nats.Conn](t)(access.Connect(t.Context(), "admin", quiet))
	t.Cleanup(r.admin.Close)
	r.js = must[jetstream.JetStream](t)(jetstream.New(r.admin))
	for i := range tasks {
		must[jetstream.PubAckFuture](t)(r.js.PublishAsync("tasks", []byte("{}"), jetstream.WithMsgID(fmt.Sprint(i))))
	}
	<-r.js.PublishAsyncComplete()
	r.conn = must[*nats.Conn](t)(access.Connect(t.Context(), "worker", quiet))
	r.q = must[*tested.Queue](t)(tested.Open(t.Context(), r.conn, tested.Config{
		Stream: "tasks", Consumer: "worker", AckWait: time.Hour, MaxAckPending: 10 * tasks, Log: quiet,
	}))
	t.Cleanup(func() { _ = r.q.Close() })
	return r
}

// hold fetches a batch.
func (r *trial) hold() []queue.Delivery {
	r.Helper()
	var batch []queue.Delivery
	ctx, cancel := context.WithTimeout(r.Context(), 20*time.Second)
	defer cancel()
	for len(batch) < trialBatch {
		some, err := r.q.Fetch(ctx, trialBatch-len(batch))
		if ctx.Err() != nil {
			r.Fatalf("%d of %d tasks in time: %v", len(batch), trialBatch, err)
		}
		if err != nil {
			time.Sleep(50 * time.Millisecond) // as a worker does
		}
		batch = append(batch, some...)
	}
	return batch
}

// round acknowledges a batch while fault happens, and asks the broker what is done.
func (r *trial) round(fault func()) {
	r.Helper()
	batch := r.hold()
	over := make(chan struct{})
	after := time.Duration(rand.IntN(1500)) * time.Microsecond
	go func() {
		defer close(over)
		time.Sleep(after)
		fault()
	}()
	ctx, cancel := context.WithTimeout(r.Context(), 30*time.Second)
	defer cancel()
	time.Sleep(time.Duration(rand.IntN(1500)) * time.Microsecond)
	errs := r.q.AckBatch(ctx, batch)
	<-over
	var done []queue.Delivery
	for i, d := range batch {
		if errs != nil && errs[i] != nil {
			r.unsure++
		} else {
			done = append(done, d)
		}
	}
	if left := r.left(done); left > 0 {
		r.Logf("%d tasks were acknowledged, and come again", left)
		r.repeated += left
	}
}

// left is how many of these tasks the stream, which keeps those that are not done, does not forget.
func (r *trial) left(done []queue.Delivery) int {
	r.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		done = slices.DeleteFunc(done, func(d queue.Delivery) bool {
			number, err := strconv.ParseUint(d.ID, 10, 64)
			if err != nil {
				r.Fatal(err)
			}
			_, err = r.stream.GetMsg(r.Context(), number+1) // published in this order
			return errors.Is(err, jetstream.ErrMsgNotFound)
		})
		if len(done) == 0 || time.Now().After(deadline) {
			return len(done)
		}
	}
}

// stepDown lets another server lead the consumer.
func (r *trial) stepDown() {
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		answer, err := r.admin.Request("$JS.API.CONSUMER.LEADER.STEPDOWN.tasks.worker", nil, time.Second)
		if err == nil && strings.Contains(string(answer.Data), `"success":true`) {
			return
		}
	}
	r.Error("the leader does not step down")
}

// leader is the server that leads the consumer.
func (r *trial) leader() *natstest.Server {
	r.Helper()
	consumer := must[jetstream.Consumer](r.T)(r.js.Consumer(r.Context(), "tasks", "worker"))
	for i, s := range r.servers {
		if consumer.CachedInfo().Cluster.Leader == fmt.Sprintf("n%d", i) {
			return s
		}
	}
	r.Fatal("no leader")
	return nil
}

// What a batch is told is done the broker knows as done, whoever leads the consumer meanwhile. A leader
// that changes between two messages of a batch is the one exception; one batch is its bound.
func TestABatchOfAcknowledgementsMeetsANewLeader(t *testing.T) {
	const rounds = 10
	r := newTrial(t, rounds*trialBatch)
	for range rounds {
		r.round(r.stepDown)
	}
	r.judge(trialBatch - 1)
}

func TestABatchOfAcknowledgementsMeetsANewConnection(t *testing.T) {
	const rounds = 6
	r := newTrial(t, rounds*trialBatch)
	for range rounds {
		r.round(func() {
			if err := r.conn.ForceReconnect(); err != nil {
				t.Error(err)
			}
		})
	}
	r.judge(0)
}

func TestABatchOfAcknowledgementsMeetsALeaderThatHangs(t *testing.T) {
	r := newTrial(t, trialBatch)
	leader := r.leader()
	r.round(func() {
		leader.Signal(syscall.SIGSTOP)
		time.Sleep(12 * time.Second) // others elect a leader
		leader.Signal(syscall.SIGCONT)
	})
	r.judge(0)
}

// judge expects at most so many tasks that were acknowledged and come again.
func (r *trial) judge(most int) {
	r.Helper()
	r.Logf("%d tasks unsure, %d acknowledged and not done", r.unsure, r.repeated)
	if r.repeated > most {
		r.Errorf("%d tasks were acknowledged, and come again", r.repeated)
	}
}
