package redis

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"capstan/queue"
	"capstan/queue/driver"
)

// Capabilities are those of a consumer group with what lies beside its stream.
var Capabilities = queue.Capabilities{
	AckEach: true, Delay: true, Attempts: true, Heartbeat: true, Dedup: true, Schedule: true,
	Headers: true, Shared: true, DeadLetters: true,
}

// Config configures a [Queue].
type Config struct {
	// Stream is the key of the stream.
	Stream string
	// Group is the consumer group; Open creates it, and the stream with it. It is neither `id` nor
	// begins with `id:`.
	Group string
	// AckWait is how long a delivery may stay unsettled without InProgress. 1 ms or more.
	AckWait time.Duration
	// DeadLetterStream is the key of the stream for dead letters. Empty: a dead task is removed,
	// and its reason is nowhere but in the worker's log.
	DeadLetterStream string
	// ExitWhenIdle makes Fetch return io.EOF once nothing waits and nothing is in flight, in any
	// process.
	ExitWhenIdle bool
	// Log receives what goes wrong beside the calls. nil: nothing.
	Log *slog.Logger
}

// Queue is a consumer of a group. It implements [queue.Queue] and [queue.BatchAcker].
//
// Each call is one request to the server, but that those of Ack that meet are sent together. ctx
// bounds it. Ack and Dead are tried again until ctx ends while the server is away; the others fail.
type Queue struct {
	config   Config
	client   *goredis.Client
	consumer string
	keys     keys
	open     context.Context // ends with Close
	end      context.CancelFunc
	closing  sync.Once
	closed   error

	acks    acks
	lines   lines
	working sync.WaitGroup // what goes on beside the calls

	mu        sync.Mutex
	nextCheck time.Time     // when the server is asked for what is due
	sooner    chan struct{} // closed when nextCheck came nearer
}

var (
	_ queue.Queue      = (*Queue)(nil)
	_ queue.BatchAcker = (*Queue)(nil)
)

// keys are the names of what lies in the server.
type keys struct{ stream, retry, attempts, later, sweep, letters string }

func keysOf(c Config) keys {
	own := c.Stream + ":" + c.Group
	return keys{
		stream: c.Stream, retry: own + ":retry", attempts: own + ":attempts", sweep: own + ":sweep",
		later: laterKey(c.Stream), letters: c.DeadLetterStream,
	}
}

// ids is what the keys of ids begin with, behind the stream's.
const ids = "id:"

func laterKey(stream string) string  { return stream + ":later" }
func idKey(stream, id string) string { return stream + ":" + ids + id }

// Open creates the stream and the group where they are not there, on client, which the queue then
// owns: Close closes it. It waits until ctx ends for a server that cannot answer yet. All bad
// fields are reported at once.
//
// client may be any, of either protocol (RESP2, RESP3). Only one that heeds contexts
// (ContextTimeoutEnabled) and repeats nothing by itself (MaxRetries -1), as [Access.Connect] makes,
// ends calls with their contexts.
func Open(ctx context.Context, client *goredis.Client, c Config) (*Queue, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	q := &Queue{config: c, client: client, consumer: consumerName(), keys: keysOf(c), sooner: make(chan struct{})}
	q.open, q.end = context.WithCancel(context.Background())
	q.acks.queue, q.lines.client = q, client
	for {
		err := q.join(ctx)
		if err == nil {
			break
		}
		if !isPassing(err) || driver.Pause(ctx, redialWait) != nil {
			q.end()
			return nil, explain(err)
		}
	}
	q.warnOfEviction(ctx)
	return q, nil
}

func (c Config) check() error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf("redis queue: "+format, args...)) }
	if c.Stream == "" {
		wrong("Stream must be a key, got none")
	}
	switch {
	case c.Group == "":
		wrong("Group must be a name, got none")
	case strings.HasPrefix(c.Group+":", ids):
		wrong("Group must not be id, nor begin with id:, which the keys of the stream's ids begin with, got %q", c.Group)
	}
	if c.AckWait < time.Millisecond {
		wrong("AckWait must be 1 ms or more, got %v", c.AckWait)
	}
	if c.DeadLetterStream != "" && c.DeadLetterStream == c.Stream {
		wrong("DeadLetterStream must be another key than Stream, got %q for both", c.Stream)
	}
	return errors.Join(errs...)
}

// consumerName is one of its own for each queue: a delivery belongs to it.
func consumerName() string {
	host, _ := os.Hostname()
	return host + "-" + rand.Text()[:10]
}

// forgottenAfter is how long a consumer without deliveries is kept that says nothing.
const forgottenAfter = time.Hour

// join creates what is not there.
func (q *Queue) join(ctx context.Context) error {
	err := q.client.XGroupCreateMkStream(ctx, q.config.Stream, q.config.Group, "0").Err()
	if err != nil && codeOf(err) != "BUSYGROUP" {
		return fmt.Errorf("create group %q of stream %q: %w", q.config.Group, q.config.Stream, err)
	}
	others, err := joinScript.Run(ctx, q.client, []string{q.keys.stream}, q.config.Group, forgottenAfter.Milliseconds()).StringSlice()
	if err != nil {
		return fmt.Errorf("group %q of stream %q: %w", q.config.Group, q.config.Stream, err)
	}
	if len(others) > 0 {
		return fmt.Errorf("the stream %q has another group, %q, which would lose the tasks that this one removes. "+
			"Give each group a stream of its own, or remove the other: XGROUP DESTROY %s %s", q.config.Stream, others[0], q.config.Stream, others[0])
	}
	return nil
}

// warnOfEviction says that the server may forget tasks. One that does not tell is believed.
func (q *Queue) warnOfEviction(ctx context.Context) {
	info, err := q.client.Info(ctx, "memory").Result()
	if err != nil {
		return
	}
	values := make(map[string]string)
	for line := range strings.Lines(info) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		values[name] = value
	}
	if policy := values["maxmemory_policy"]; values["maxmemory"] != "0" && strings.HasPrefix(policy, "allkeys-") {
		q.config.Log.Warn("the server may evict the tasks when its memory is full; set maxmemory-policy to noeviction",
			"stream", q.config.Stream, "maxmemory-policy", policy)
	}
}

// Close implements [queue.Queue]. Unsettled deliveries look like those of a killed process.
func (q *Queue) Close() error {
	q.closing.Do(func() {
		q.mu.Lock()
		q.end()
		q.mu.Unlock()
		q.working.Wait()
		q.lines.close()
		ctx, cancel := context.WithTimeout(context.Background(), recall)
		defer cancel()
		// One that is left behind is removed by whoever joins an hour later.
		_ = leaveScript.Run(ctx, q.client, []string{q.keys.stream}, q.config.Group, q.consumer).Err()
		q.closed = q.client.Close()
	})
	return q.closed
}

// beside runs f beside the calls, unless the queue is closed; Close waits for it.
func (q *Queue) beside(f func()) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.open.Err() != nil {
		return false
	}
	q.working.Go(f)
	return true
}

// Backlog implements [queue.Queue]: what the group has not been given yet, what is to be retried,
// and what was published for later, over all processes.
func (q *Queue) Backlog(ctx context.Context) (int, error) {
	n, err := q.count(ctx)
	return n.waiting + n.retries + n.later, err
}

type counts struct{ waiting, held, retries, later int }

func (q *Queue) count(ctx context.Context) (counts, error) {
	ctx, cancel := q.whileOpen(ctx)
	defer cancel()
	n, err := countScript.Run(ctx, q.client, []string{q.keys.stream, q.keys.retry, q.keys.later}, q.config.Group).Int64Slice()
	if err == nil && len(n) != 4 {
		err = fmt.Errorf("the server answered %d numbers, wanted 4", len(n))
	}
	if err != nil {
		return counts{}, q.explain(ctx, fmt.Errorf("count the tasks of stream %q: %w", q.config.Stream, err))
	}
	return counts{waiting: int(n[0]), held: int(n[1]), retries: int(n[2]), later: int(n[3])}, nil
}

// whileOpen makes a context that ends with ctx and with Close. cancel frees it.
func (q *Queue) whileOpen(ctx context.Context) (_ context.Context, cancel context.CancelFunc) {
	return driver.WhileOpen(ctx, q.open)
}

// explain is err in words for a person, unless the context of whileOpen ended first: then that is
// why.
func (q *Queue) explain(ctx context.Context, err error) error {
	return driver.WhyEnded(ctx, q.open, explain(err))
}
