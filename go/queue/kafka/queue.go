package kafka

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"capstan/queue"
	"capstan/queue/driver"
)

// Capabilities are those of a classic consumer group.
var Capabilities = queue.Capabilities{Keys: true, Headers: true, Shared: true, DeadLetters: true}

const (
	// DefaultWindow is that of [Config.Window].
	DefaultWindow = 10_000
	// lowRecords and lowBytes are what waits in this process before more is read: enough for the
	// time that the next read takes.
	lowRecords = 1024
	lowBytes   = 1 << 20
	// fetchBytes is the most that one answer of a broker brings, unless a single batch is larger.
	fetchBytes = 2 << 20
)

// Config configures a [Queue].
type Config struct {
	// Topic that the tasks lie in.
	Topic string
	// Group is the consumer group. It begins at the oldest record.
	Group string
	// Session is how long a member may be silent before its partitions go to others; the broker
	// sets bounds, by default 6 s and 30 min. More than 0.
	Session time.Duration
	// Grace is how long tasks in flight may go on when their partition goes to another member.
	// 0 or more.
	Grace time.Duration
	// Window is how many tasks of a partition may be read from the oldest that is not settled
	// on. 0: DefaultWindow.
	Window int
	// AckWait is how long after a failed Nak or Dead a task is delivered again. More than 0.
	AckWait time.Duration
	// DeadLetterTopic takes dead letters. Empty: a dead task is settled, and nothing is kept.
	DeadLetterTopic string
	// ExitWhenIdle makes Fetch return io.EOF once the group has settled all records of the topic.
	ExitWhenIdle bool
	// Log receives what goes wrong beside the calls. nil: nothing.
	Log *slog.Logger
}

// Queue is a member of a consumer group. It implements [queue.Queue] and [queue.BatchAcker].
type Queue struct {
	config Config
	client *kgo.Client
	admin  *kadm.Client
	open   context.Context // ends with Close
	end    context.CancelFunc
	closed sync.Once
	tasks  sync.WaitGroup // of this queue's own goroutines
	dirty  chan struct{}  // something is to be committed

	commitMu sync.Mutex // held over a commit, and while a partition is given up
	largeMu  sync.Mutex // held while a letter is stored that was too large together with others
	pauseMu  sync.Mutex // held while partitions are paused and resumed
	paused   map[int32]bool

	mu         sync.Mutex
	partitions map[int32]*partition
	orphans    map[int32]*partition // lost, until the next assignment
	waiting    shelf
	fault      error         // of reading, for the next Fetch
	changed    chan struct{} // closed when there may be something for a Fetch that waits
	room       chan struct{} // there is room to read more
}

var (
	_ queue.Queue      = (*Queue)(nil)
	_ queue.BatchAcker = (*Queue)(nil)
)

// Open joins the group. It waits for the brokers and the topics until ctx ends; what is refused for
// good ends it at once. All bad fields are reported at once.
func Open(ctx context.Context, a Access, c Config) (*Queue, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	c.Log = orSilent(c.Log)
	if c.Window == 0 {
		c.Window = DefaultWindow
	}
	topics := []string{c.Topic}
	if c.DeadLetterTopic != "" {
		topics = append(topics, c.DeadLetterTopic)
	}
	if err := a.awaitTopics(ctx, c.Log, topics...); err != nil {
		return nil, err
	}
	q := &Queue{
		config: c, dirty: make(chan struct{}, 1), room: make(chan struct{}, 1), changed: make(chan struct{}),
		paused: make(map[int32]bool), partitions: make(map[int32]*partition),
		orphans: make(map[int32]*partition),
	}
	var err error
	if q.client, err = a.client(c.Log, q.options()...); err != nil {
		return nil, err
	}
	q.admin = kadm.NewClient(q.client)
	q.open, q.end = context.WithCancel(context.Background())
	q.tasks.Go(q.read)
	q.tasks.Go(q.keepCommitting)
	return q, nil
}

func (c Config) check() error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf("kafka queue: "+format, args...)) }
	if c.Topic == "" {
		wrong("Topic must be a name, got none")
	}
	if c.Group == "" {
		wrong("Group must be a name, got none")
	}
	if c.Session <= 0 {
		wrong("Session must be more than 0, got %v", c.Session)
	}
	if c.Grace < 0 {
		wrong("Grace must be 0 or more, got %v", c.Grace)
	}
	if c.Window < 0 {
		wrong("Window must be 0 or more, got %d", c.Window)
	}
	if c.AckWait <= 0 {
		wrong("AckWait must be more than 0, got %v", c.AckWait)
	}
	return errors.Join(errs...)
}

// rejoinTime is what a member gets beside the grace to rejoin when the group rebalances.
const rejoinTime = 30 * time.Second

func (q *Queue) options() []kgo.Opt {
	c := q.config
	return append(burying(),
		kgo.ConsumerGroup(c.Group), kgo.ConsumeTopics(c.Topic), kgo.DisableAutoCommit(),
		kgo.Balancers(kgo.CooperativeStickyBalancer()),
		kgo.SessionTimeout(c.Session), kgo.HeartbeatInterval(min(3*time.Second, c.Session/4)),
		kgo.RebalanceTimeout(c.Grace+rejoinTime),
		kgo.OnPartitionsAssigned(q.assigned), kgo.OnPartitionsRevoked(q.revoked), kgo.OnPartitionsLost(q.lost),
		// Between a poll and its records' being taken in, no partition comes or goes.
		kgo.BlockRebalanceOnPoll(),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		// Marks of transactions have offsets too: without them a topic's end is never reached.
		kgo.KeepControlRecords(),
		kgo.FetchMaxBytes(fetchBytes), kgo.FetchMaxPartitionBytes(fetchBytes/2),
	)
}

// leaveTimeout is for the last commit, and for leaving the group, each.
const leaveTimeout = 3 * time.Second

// Close implements [queue.Queue]: it commits what is settled and leaves the group, within 6 s;
// others have its partitions soon after. Unsettled deliveries look like those of a killed process.
func (q *Queue) Close() error {
	q.closed.Do(func() {
		q.end()
		q.signal()
		q.tasks.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), leaveTimeout)
		defer cancel()
		if err := q.commit(ctx); err != nil {
			q.config.Log.Warn("settled tasks are delivered again: not committed", "topic", q.config.Topic, "error", err)
		}
		leave, done := context.WithTimeout(context.Background(), leaveTimeout)
		defer done()
		if err := q.client.LeaveGroupContext(leave); err != nil {
			q.config.Log.Warn("group not left: its partitions wait for the end of the session", "group", q.config.Group, "error", err)
		}
		q.client.CloseAllowingRebalance()
	})
	return nil
}

// signal wakes every Fetch that waits.
func (q *Queue) signal() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.wake()
}

// wake is signal with the mutex held.
func (q *Queue) wake() {
	close(q.changed)
	q.changed = make(chan struct{})
}

// nudge sends on a channel that holds one signal.
func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// whileOpen makes a context that ends with ctx and with Close. cancel frees it.
func (q *Queue) whileOpen(ctx context.Context) (_ context.Context, cancel context.CancelFunc) {
	return driver.WhileOpen(ctx, q.open)
}

// explain is err, unless the context of whileOpen ended first: then that is why.
func (q *Queue) explain(ctx context.Context, err error) error {
	return driver.WhyEnded(ctx, q.open, err)
}
