package jetstream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"capstan/queue"
)

const (
	// longPoll is how long one request waits at the server for a task.
	longPoll = 30 * time.Second
	// idlePoll is longPoll for a queue that ends: how late it may see its end.
	idlePoll = time.Second
	// beat is how often the server says that a waiting request is alive; two that are missing
	// mean that it forgot the request, as a new leader does.
	beat = 5 * time.Second
	// leastQuiet, and some round trips, are how long nothing more comes before a request that
	// brought a message is given up: while the consumer's bound on unsettled deliveries is
	// reached, the server leaves it open.
	leastQuiet = 10 * time.Millisecond
	// recall is how long a request that is given up is cleared away for.
	recall = time.Second
)

// pullRequest is the body of a request for messages (NATS ADR-13).
type pullRequest struct {
	Batch  int           `json:"batch"`
	NoWait bool          `json:"no_wait,omitempty"`
	Expiry time.Duration `json:"expires,omitempty"`
	Beat   time.Duration `json:"idle_heartbeat,omitempty"`
}

var (
	// errNone: no task is there.
	errNone = errors.New("no messages")
	// errCrowded: requests of others wait for more than there is, so that the server takes none
	// that does not wait.
	errCrowded = errors.New("other requests wait")
	// errQuiet: nothing came, not even a sign of life.
	errQuiet = errors.New("no answer from the broker")
	// errRejoined: the connection is a new one.
	errRejoined = errors.New("connected again")
	// errIdle: no task is left. It is not io.EOF, as which a connection may end.
	errIdle = errors.New("no task is left")
	// errGone: the consumer was deleted, or nobody answers for it.
	errGone = errors.New("the consumer is gone")
)

// Fetch implements [queue.Queue].
func (q *Queue) Fetch(ctx context.Context, max int) ([]queue.Delivery, error) {
	ctx, cancel := q.whileOpen(ctx)
	defer cancel()
	max = min(max, q.config.MaxAckPending)
	began := time.Now()
	for {
		batch, err := q.fetchOnce(ctx, max)
		switch {
		case len(batch) > 0:
			batch[0].Waited = q.waited(batch[0].Receipt.(*receipt).arrived.Sub(began))
			return batch, nil
		case ctx.Err() != nil || q.open.Err() != nil:
			return nil, q.explain(ctx, err)
		case errors.Is(err, errIdle):
			return nil, io.EOF
		case errors.Is(err, errGone):
			if err := q.ensureConsumer(ctx); err != nil {
				return nil, q.explain(ctx, err)
			}
			return nil, err // counts as a failure, so that a consumer that others delete makes no endless loop
		case err != nil && !errors.Is(err, errNone) && !errors.Is(err, errRejoined):
			return nil, fmt.Errorf("fetch from consumer %q of stream %q: %w", q.config.Consumer, q.config.Stream, err)
		}
	}
}

// fetchOnce returns errNone when no task came for a while.
func (q *Queue) fetchOnce(ctx context.Context, max int) ([]queue.Delivery, error) {
	// Without waiting for more, once there is one.
	request := pullRequest{Batch: max, NoWait: true, Expiry: q.poll(), Beat: min(beat, q.poll()/2)}
	batch, err := q.pull(ctx, request)
	if errors.Is(err, errCrowded) {
		// In line behind the others; for more than one it would wait until it has them all.
		request.Batch, request.NoWait = 1, false
		batch, err = q.pull(ctx, request)
	}
	if errors.Is(err, errNone) && len(batch) == 0 && q.config.ExitWhenIdle {
		switch over, err := q.Idle(ctx); {
		case err != nil:
			return nil, err
		case over:
			return nil, errIdle
		}
	}
	return batch, err
}

// waited is how much of the time until a message came was spent on waiting for one to be there:
// none, as long as round trips explain it.
func (q *Queue) waited(took time.Duration) time.Duration {
	trip := q.trips.mean()
	if took <= 4*trip+time.Millisecond {
		return 0
	}
	return took - trip
}

func (q *Queue) poll() time.Duration {
	if q.config.ExitWhenIdle {
		return idlePoll
	}
	return longPoll
}

// inbox is where the answers to one request come in.
type inbox struct {
	*nats.Subscription
	messages chan *nats.Msg
	rejoined <-chan struct{}
	// connection is how often the connection had been made anew before the request.
	connection uint64
}

// signsOfLife is room for those that come while nobody reads.
const signsOfLife = 16

// pull makes one request and collects what comes for it.
func (q *Queue) pull(ctx context.Context, r pullRequest) ([]queue.Delivery, error) {
	in := inbox{messages: make(chan *nats.Msg, r.Batch+signsOfLife), rejoined: q.nextRejoin(), connection: q.conn.Stats().Reconnects}
	var err error
	if in.Subscription, err = q.conn.ChanSubscribe(nats.NewInbox(), in.messages); err != nil {
		return nil, err
	}
	body, err := json.Marshal(r)
	if err != nil {
		return nil, errors.Join(err, in.Unsubscribe())
	}
	if err := q.conn.PublishRequest(q.nextSubject, in.Subject, body); err != nil {
		return nil, errors.Join(err, in.Unsubscribe())
	}
	batch, err := q.collect(ctx, in, r)
	if err == nil || isEnd(err) {
		return batch, errors.Join(err, in.Unsubscribe())
	}
	batch = append(batch, q.clearAway(in)...)
	if ctx.Err() != nil {
		q.handBack(batch)
		return nil, ctx.Err()
	}
	return batch, err
}

// collect reads messages until the request is answered in full, or its end comes.
func (q *Queue) collect(ctx context.Context, in inbox, r pullRequest) ([]queue.Delivery, error) {
	var batch []queue.Delivery
	patience := 2*r.Beat + time.Second
	for len(batch) < r.Batch {
		message, err := in.next(ctx, patience)
		if err != nil {
			return batch, err
		}
		if end, isStatus := statusOf(message); isStatus {
			if end != nil {
				return batch, end
			}
			continue // a sign of life
		}
		d, err := q.delivery(message, in.connection)
		if err != nil {
			return batch, err
		}
		batch = append(batch, d)
		patience = max(leastQuiet, 4*q.trips.mean())
	}
	return batch, nil
}

// next waits for a message, at most for patience.
func (in inbox) next(ctx context.Context, patience time.Duration) (*nats.Msg, error) {
	select {
	case message := <-in.messages: // the usual case, which needs no timer
		return message, nil
	default:
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-timer.C:
		return nil, fmt.Errorf("%w for %v", errQuiet, patience)
	case <-in.rejoined:
		return nil, errRejoined
	case message := <-in.messages:
		return message, nil
	}
}

// statusOf says whether a message is word of the server about the request, and which end it is. A task may have
// a header of that name, but the server wants an answer to it.
func statusOf(m *nats.Msg) (end error, isStatus bool) {
	status := m.Header.Get("Status")
	if m.Reply != "" || status == "" {
		return nil, false
	}
	description := m.Header.Get("Description")
	switch status {
	case "100":
		return nil, true
	case "404":
		return errNone, true
	case "408":
		if description == "Requests Pending" {
			return errCrowded, true
		}
		return errNone, true // its time is over
	case "503":
		return errGone, true
	case "409":
		if description == "Consumer Deleted" {
			return errGone, true
		}
	}
	return fmt.Errorf("the broker says %s %s", status, description), true
}

// isEnd says that the server knows no more of a request.
func isEnd(err error) bool {
	return errors.Is(err, errNone) || errors.Is(err, errCrowded) || errors.Is(err, errGone)
}

// clearAway takes back a request that is given up, and returns what came for it until the server
// knew: it would be held until its lease runs out.
func (q *Queue) clearAway(in inbox) (late []queue.Delivery) {
	ctx, cancel := context.WithTimeout(q.open, recall)
	defer cancel()
	// Drain tells the server and goes on taking in; the answer to Flush is behind the last message.
	if in.Drain() != nil || q.conn.FlushWithContext(ctx) != nil {
		return nil
	}
	for {
		select {
		case message := <-in.messages:
			if _, isStatus := statusOf(message); isStatus {
				continue
			}
			if d, err := q.delivery(message, in.connection); err == nil {
				late = append(late, d)
			}
		default:
			return late
		}
	}
}

func (q *Queue) handBack(batch []queue.Delivery) {
	ctx, cancel := context.WithTimeout(q.open, recall)
	defer cancel()
	for _, d := range batch {
		_ = q.Release(ctx, d)
	}
}

// receipt is what a delivery is settled by.
type receipt struct {
	message   *nats.Msg
	arrived   time.Time
	sequence  uint64
	published time.Time
	released  uint64 // deliveries of this task that do not count
	// connection is how often the connection had been made anew before it was asked for.
	connection uint64
	lease      lease
}

// place names the task among all that were ever in a stream of that name: one that is made again counts from
// 1 once more.
func (r *receipt) place() string { return fmt.Sprintf("%d.%d", r.sequence, r.published.UnixNano()) }

// delivery reads a message. The lease runs from now.
func (q *Queue) delivery(m *nats.Msg, connection uint64) (queue.Delivery, error) {
	meta, err := m.Metadata()
	if err != nil {
		return queue.Delivery{}, fmt.Errorf("a message that is no delivery: %w", err)
	}
	r := &receipt{message: m, arrived: time.Now(), sequence: meta.Sequence.Stream, published: meta.Timestamp, connection: connection}
	r.lease.renew(r.arrived.Add(q.config.ownLease()))
	if meta.NumDelivered > 1 {
		q.arrived(r.sequence)
		r.released = min(q.releases.count(q.open, r.place()), meta.NumDelivered-1)
	}
	return queue.Delivery{
		ID: taskID(m, r.sequence), Payload: m.Data, Headers: headersOf(m.Header), Published: meta.Timestamp,
		Attempt: int(meta.NumDelivered - r.released), Receipt: r,
	}, nil
}

// taskID is the name of a task that was replayed, or the id that it was published with, or else its
// number in the stream.
func taskID(m *nats.Msg, sequence uint64) string {
	if id := m.Header.Get(HeaderID); id != "" {
		return readID(id)
	}
	if id := m.Header.Get(jetstream.MsgIDHeader); id != "" {
		return readID(id)
	}
	return strconv.FormatUint(sequence, 10)
}
