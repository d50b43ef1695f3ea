package jetstream

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"capstan/queue"
	"capstan/queue/driver"
)

// question is what the server is told about one delivery, and has to confirm.
type question struct {
	reply, text string
	err         error // nil once it is confirmed
	asks        int   // how often it was put
}

// errUnasked is the error of a question that has not been put.
var errUnasked = errors.New("not told to the broker")

// confirmations has many questions in flight at once, on one inbox. Safe for concurrent use.
type confirmations struct {
	conn   *nats.Conn
	prefix string // of the subjects that answers come on; a number follows

	mu    sync.Mutex
	last  uint64
	asked map[uint64]asked
}

// asked is a question that waits for its answer.
type asked struct {
	question *question
	round    *round
}

// round is the questions of one call of ask.
type round struct {
	began time.Time
	left  int
	over  chan struct{} // closed when none is left
}

func newConfirmations(conn *nats.Conn, trips *trips) (*confirmations, error) {
	c := &confirmations{conn: conn, prefix: conn.NewInbox() + ".", asked: make(map[uint64]asked)}
	subscription, err := conn.Subscribe(c.prefix+"*", func(m *nats.Msg) { c.answer(m, trips) })
	if err != nil {
		return nil, err
	}
	return c, subscription.SetPendingLimits(-1, -1)
}

// answer books one confirmation.
func (c *confirmations) answer(m *nats.Msg, trips *trips) {
	number, err := strconv.ParseUint(strings.TrimPrefix(m.Subject, c.prefix), 10, 64)
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	it, found := c.asked[number]
	if !found {
		return // nobody waits for it any more
	}
	delete(c.asked, number)
	if m.Header.Get("Status") == "503" {
		it.question.err = nats.ErrNoResponders
	} else {
		it.question.err = nil
		trips.observe(time.Since(it.round.began))
	}
	if it.round.left--; it.round.left == 0 {
		close(it.round.over)
	}
}

// ask puts all questions at once, and returns when all are answered or ctx ends; then those that
// are open have ctx's error.
func (c *confirmations) ask(ctx context.Context, questions []*question) {
	this := &round{began: time.Now(), left: len(questions), over: make(chan struct{})}
	numbers := c.register(this, questions)
	defer c.forget(numbers)
	for i, q := range questions {
		if err := c.conn.PublishRequest(q.reply, c.prefix+strconv.FormatUint(numbers[i], 10), []byte(q.text)); err != nil {
			c.fail(numbers[i:], err)
			break
		}
	}
	select {
	case <-this.over:
	case <-ctx.Done():
		c.fail(numbers, ctx.Err())
	}
}

func (c *confirmations) register(this *round, questions []*question) []uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	numbers := make([]uint64, len(questions))
	for i, q := range questions {
		c.last++
		numbers[i] = c.last
		q.asks++
		c.asked[c.last] = asked{q, this}
	}
	return numbers
}

// fail ends questions that are open.
func (c *confirmations) fail(numbers []uint64, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, number := range numbers {
		if it, found := c.asked[number]; found {
			delete(c.asked, number)
			it.question.err = err
			if it.round.left--; it.round.left == 0 {
				close(it.round.over)
			}
		}
	}
}

func (c *confirmations) forget(numbers []uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, number := range numbers {
		delete(c.asked, number)
	}
}

const (
	// again is how long a confirmation is waited for before the question is put again: a new
	// leader does not know the old one's.
	again = 2 * time.Second
	// unanswered is how often the server may leave a question open while it is there. One that was
	// killed may have lost the latest deliveries, and says nothing about those it does not know.
	unanswered = 3
)

// insist asks the server again until it has heard all, or ctx ends: hearing something twice does no
// harm. [queue.ErrStale] for what it no longer knows: those tasks come again.
func (q *Queue) insist(ctx context.Context, questions ...*question) {
	for silent := 0; ; {
		limited, cancel := context.WithTimeout(ctx, again)
		q.confirmations.ask(limited, questions)
		cancel()
		questions = stillOpen(questions)
		switch {
		case len(questions) == 0, ctx.Err() != nil:
			return
		case anyIs(questions, nats.ErrNoResponders), anyIs(questions, nats.ErrDisconnected):
			if driver.Pause(ctx, askAgain) != nil {
				return
			}
		case !anyIs(questions, context.DeadlineExceeded):
			return
		case q.conn.IsConnected():
			if silent++; silent == unanswered {
				for _, it := range questions {
					it.err = queue.ErrStale
				}
				return
			}
		}
	}
}

// stillOpen are the questions that may still be answered.
func stillOpen(questions []*question) []*question {
	var left []*question
	for _, it := range questions {
		if it.err != nil {
			left = append(left, it)
		}
	}
	return left
}

func anyIs(questions []*question, target error) bool {
	for _, it := range questions {
		if errors.Is(it.err, target) {
			return true
		}
	}
	return false
}
