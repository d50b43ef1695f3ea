package jetstream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"capstan/queue"
	"capstan/queue/driver"
)

// Capabilities are those of a durable pull consumer.
var Capabilities = queue.Capabilities{
	AckEach: true, Delay: true, Attempts: true, Heartbeat: true, Dedup: true, Headers: true, Shared: true, DeadLetters: true,
}

// Config configures a [Queue].
type Config struct {
	// Stream is the stream that the tasks lie in.
	Stream string
	// Consumer is the durable consumer; Open creates or updates it.
	Consumer string
	// Subjects that the consumer takes. Empty: all of the stream.
	Subjects []string
	// AckWait is how long a delivery may stay unsettled without InProgress. More than 0.
	AckWait time.Duration
	// MaxAckPending is how many deliveries may be unsettled over all processes. 1 or more.
	MaxAckPending int
	// DeadLetterSubject is where dead letters are published; a stream has to take it. Empty: a
	// dead task is removed, and its reason is in the server's advisory alone.
	DeadLetterSubject string
	// ExitWhenIdle makes Fetch return io.EOF once nothing waits and nothing is in flight, in any
	// process.
	ExitWhenIdle bool
	// Log receives what goes wrong beside the calls. nil: nothing.
	Log *slog.Logger
}

// Queue is a durable pull consumer. It implements [queue.Queue].
//
// Each call is one request to the server, answered once the server has done it; ctx bounds it.
type Queue struct {
	config   Config
	conn     *nats.Conn
	js       jetstream.JetStream
	releases *releases
	// confirmations has the questions that the server has not answered.
	confirmations *confirmations
	// nextSubject takes requests for messages.
	nextSubject string
	open        context.Context // ends with Close
	end         context.CancelFunc

	trips    trips
	watching sync.WaitGroup

	mu       sync.Mutex
	consumer jetstream.Consumer
	retries  map[uint64]time.Time // delayed by this process, until when
	prune    int                  // number of retries at which those that are over are removed
	rejoined chan struct{}        // closed at the next reconnect
}

var (
	_ queue.Queue      = (*Queue)(nil)
	_ queue.BatchAcker = (*Queue)(nil)
	_ queue.Drifter    = (*Queue)(nil)
)

// Open creates or updates the consumer on conn, which the queue then owns: Close closes it. It
// waits for the stream until ctx ends. All bad fields are reported at once.
func Open(ctx context.Context, conn *nats.Conn, c Config) (*Queue, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	js, err := jetstream.New(conn)
	if err != nil {
		return nil, fmt.Errorf("jetstream: %w", err)
	}
	q := &Queue{
		config: c, conn: conn, js: js, releases: newReleases(js, c), retries: make(map[uint64]time.Time),
		rejoined:    make(chan struct{}),
		nextSubject: "$JS.API.CONSUMER.MSG.NEXT." + c.Stream + "." + c.Consumer,
	}
	if q.confirmations, err = newConfirmations(conn, &q.trips); err != nil {
		return nil, fmt.Errorf("jetstream: %w", err)
	}
	q.open, q.end = context.WithCancel(context.Background())
	if err := q.awaitConsumer(ctx); err != nil {
		q.end()
		return nil, err
	}
	q.watching.Go(q.watchConnection)
	return q, nil
}

func (c Config) check() error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf("jetstream queue: "+format, args...)) }
	if c.Stream == "" {
		wrong("Stream must be a name, got none")
	}
	if c.Consumer == "" {
		wrong("Consumer must be a name, got none")
	}
	if c.AckWait <= 0 {
		wrong("AckWait must be more than 0, got %v", c.AckWait)
	}
	if c.MaxAckPending < 1 {
		wrong("MaxAckPending must be 1 or more, got %d", c.MaxAckPending)
	}
	return errors.Join(errs...)
}

// Close implements [queue.Queue]. Unsettled deliveries look like those of a killed process.
func (q *Queue) Close() error {
	q.end()
	q.watching.Wait()
	q.conn.Close()
	return nil
}

// watchConnection tells waiting requests of a reconnect: the server that they were sent to may not
// know them any more.
func (q *Queue) watchConnection() {
	connected := q.conn.StatusChanged(nats.CONNECTED)
	defer q.conn.RemoveStatusListener(connected)
	for {
		select {
		case <-q.open.Done():
			return
		case <-connected:
			q.mu.Lock()
			close(q.rejoined)
			q.rejoined = make(chan struct{})
			q.mu.Unlock()
		}
	}
}

func (q *Queue) nextRejoin() <-chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.rejoined
}

// Backlog implements [queue.Queue]: what the consumer has not delivered yet, and the retries that
// this process delayed. Those of others are not known to it.
func (q *Queue) Backlog(ctx context.Context) (int, error) {
	info, err := q.info(ctx)
	if err != nil {
		return 0, err
	}
	return int(info.NumPending) + q.delayed(), nil
}

func (q *Queue) info(ctx context.Context) (*jetstream.ConsumerInfo, error) {
	ctx, cancel := q.whileOpen(ctx)
	defer cancel()
	q.mu.Lock()
	consumer := q.consumer
	q.mu.Unlock()
	info, err := consumer.Info(ctx)
	if err != nil {
		return nil, q.explain(ctx, fmt.Errorf("consumer %q of stream %q: %w", q.config.Consumer, q.config.Stream, err))
	}
	return info, nil
}

// whileOpen makes a context that ends with ctx and with Close. cancel frees it.
func (q *Queue) whileOpen(ctx context.Context) (_ context.Context, cancel context.CancelFunc) {
	return driver.WhileOpen(ctx, q.open)
}

// explain is err, unless the context of whileOpen ended first: then that is why.
func (q *Queue) explain(ctx context.Context, err error) error {
	return driver.WhyEnded(ctx, q.open, err)
}

// delay notes that a task comes again after d, and forgets it when it does.
func (q *Queue) delay(sequence uint64, d time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.retries) > q.prune {
		q.forgetOld()
		q.prune = max(2*len(q.retries), 1024)
	}
	q.retries[sequence] = time.Now().Add(d)
}

func (q *Queue) arrived(sequence uint64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.retries, sequence)
}

// delayed counts the retries that are not due.
func (q *Queue) delayed() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.forgetOld()
	return len(q.retries)
}

// forgetOld removes retries that are due: any process may have them. The mutex is held.
func (q *Queue) forgetOld() {
	now := time.Now()
	for sequence, due := range q.retries {
		if !due.After(now) {
			delete(q.retries, sequence)
		}
	}
}
