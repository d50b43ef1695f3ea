package redis

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"capstan/queue"
	"capstan/queue/driver"
)

const (
	// LargestTask is the most bytes of a task: its payload, its id and its headers.
	LargestTask = 1 << 20
	// MostHeaders is how many headers a task may have.
	MostHeaders = 3000
	// DuplicateWindow is how long an id counts once, where nothing else is said.
	DuplicateWindow = 2 * time.Minute
	// publishTimeout is for one publication, where the caller sets no shorter one.
	publishTimeout = 5 * time.Second
)

// PublisherConfig configures a [Publisher].
type PublisherConfig struct {
	// Stream is the key of the stream.
	Stream string
	// Window is how long an id counts once. 0: [DuplicateWindow]. Below 0: ids are not looked at.
	Window time.Duration
	// Capacity is how many tasks the stream takes, in flight and for later included. 0: as many as
	// the server's memory.
	Capacity int
}

// Publisher adds tasks to a stream. It implements [queue.Publisher].
type Publisher struct {
	client *goredis.Client
	config PublisherConfig
}

var _ queue.Publisher = (*Publisher)(nil)

// OpenPublisher publishes on client, which it then owns: Close closes it. The stream is made by the
// first task. A client that repeats by itself, as one of go-redis does unless MaxRetries is -1, may
// add a task without an id twice.
func OpenPublisher(client *goredis.Client, c PublisherConfig) (*Publisher, error) {
	if c.Stream == "" {
		return nil, errors.New("redis publisher: Stream must be a key, got none")
	}
	if c.Capacity < 0 {
		return nil, fmt.Errorf("redis publisher: Capacity must be 0 or more, got %d", c.Capacity)
	}
	if c.Window == 0 {
		c.Window = DuplicateWindow
	}
	return &Publisher{client: client, config: c}, nil
}

// Publish implements [queue.Publisher]. While the server is away it tries again for some seconds;
// a task without an id only where the last try cannot have come through.
func (p *Publisher) Publish(ctx context.Context, task queue.Task) error {
	if task.Key != "" {
		return fmt.Errorf("%w: a Redis stream has no keys", queue.ErrUnsupported)
	}
	if n := len(task.Headers); n > MostHeaders {
		return fmt.Errorf("%w: %d headers, wanted %d or fewer. Put them into the payload", queue.ErrTooLarge, n, MostHeaders)
	}
	if size := sizeOf(task); size > LargestTask {
		return fmt.Errorf("%w: %d bytes, wanted %d or less. Store the input and publish its name", queue.ErrTooLarge, size, LargestTask)
	}
	ctx, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()
	keys, arguments := p.request(task)
	for {
		answer, err := publishScript.Run(ctx, p.client, keys, arguments...).Text()
		switch {
		case err == nil && answer == "full":
			return fmt.Errorf("%w: the stream %q holds %d tasks (capacity)", queue.ErrFull, p.config.Stream, p.config.Capacity)
		case err == nil:
			return nil
		case errors.Is(err, goredis.ErrClosed):
			return queue.ErrClosed
		case !p.mayRepeat(task, err) || driver.Pause(ctx, again) != nil:
			return fmt.Errorf("publish to %q: %w", p.config.Stream, explain(err))
		}
	}
}

// mayRepeat says that another try adds no second task: the server refused this one, or knows ids.
func (p *Publisher) mayRepeat(task queue.Task, err error) bool {
	return isPassing(err) && (codeOf(err) != "" || task.ID != "" && p.config.Window > 0)
}

func (p *Publisher) request(task queue.Task) (keys []string, arguments []any) {
	window := max(0, p.config.Window.Milliseconds())
	if task.ID == "" {
		window = 0
	}
	var due int64
	fields := []any{fieldPayload, task.Payload}
	if task.ID != "" {
		fields = append(fields, fieldID, task.ID)
	}
	if !task.NotBefore.IsZero() {
		due = dueOf(task.NotBefore)
		fields = append(fields, fieldPublished, strconv.FormatInt(time.Now().UnixMilli(), 10))
	}
	for name, value := range task.Headers {
		fields = append(fields, headerPrefix+name, value)
	}
	keys = []string{p.config.Stream, laterKey(p.config.Stream), idKey(p.config.Stream, task.ID)}
	return keys, append([]any{window, p.config.Capacity, due, rand.Text()}, fields...)
}

// farthest is the latest time that the server keeps exactly in a sorted set, in 285,000 years.
var farthest = time.UnixMilli(1 << 53)

// dueOf is t in milliseconds since 1970, between then and farthest.
func dueOf(t time.Time) int64 {
	switch {
	case t.After(farthest):
		t = farthest
	case t.Before(time.UnixMilli(0)):
		t = time.UnixMilli(0)
	}
	return t.UnixMilli()
}

func sizeOf(task queue.Task) int {
	size := len(task.Payload) + len(task.ID)
	for name, value := range task.Headers {
		size += len(name) + len(value)
	}
	return size
}

// Close implements [queue.Publisher].
func (p *Publisher) Close() error { return p.client.Close() }
