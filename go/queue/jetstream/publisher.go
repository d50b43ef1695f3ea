package jetstream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"capstan/queue"
	"capstan/queue/driver"
)

const (
	// publishTimeout is for one confirmation of the broker, where the caller sets no shorter one.
	publishTimeout = 5 * time.Second
	// leaderless and leaderlessWait are how often, and how far apart, a publication that nobody
	// takes is tried again: some 2 s, while a stream elects a leader.
	leaderless     = 20
	leaderlessWait = 100 * time.Millisecond
	// mostHeaders is how many bytes of headers a stream takes.
	mostHeaders = 1<<16 - 1
	// letterRoom is what a task leaves of the largest message that the server takes, and of the most headers, for
	// what its dead letter says beside: a task whose letter cannot be stored would never be settled.
	letterRoom = 1 << 10
)

// Codes of a server's refusals: see errors.json of nats-server.
const (
	codeTooLarge        = 10054
	codeHeadersTooLarge = 10097
	codeNoResources     = 10023
	codeMemoryFull      = 10028
	codeStorageFull     = 10047
	codeStoreFailed     = 10077 // most messages or bytes of the stream
)

// Publisher publishes tasks to one subject of a stream. It implements [queue.Publisher].
type Publisher struct {
	conn    *nats.Conn
	js      jetstream.JetStream
	stream  string
	subject string
}

var _ queue.Publisher = (*Publisher)(nil)

// OpenPublisher publishes on conn, which it then owns: Close closes it. It waits until ctx ends
// for the stream, which has to take the subject.
func OpenPublisher(ctx context.Context, conn *nats.Conn, stream, subject string) (*Publisher, error) {
	js, err := jetstream.New(conn)
	if err != nil {
		return nil, fmt.Errorf("jetstream: %w", err)
	}
	p := &Publisher{conn: conn, js: js, stream: stream, subject: subject}
	for {
		err := p.checkStream(ctx)
		if err == nil || !isAbsence(err) || driver.Pause(ctx, askAgain) != nil {
			return p, err
		}
	}
}

func (p *Publisher) checkStream(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, apiTimeout)
	defer cancel()
	name, err := p.js.StreamNameBySubject(ctx, p.subject)
	if err != nil {
		return fmt.Errorf("no stream takes the subject %q: %w", p.subject, err)
	}
	if name != p.stream {
		return fmt.Errorf("the subject %q belongs to stream %q, wanted %q", p.subject, name, p.stream)
	}
	return nil
}

// Publish implements [queue.Publisher]. An id counts once within the stream's duplicate window.
func (p *Publisher) Publish(ctx context.Context, task queue.Task) error {
	if !task.NotBefore.IsZero() {
		return fmt.Errorf("%w: a stream takes no tasks for later", queue.ErrUnsupported)
	}
	if task.Key != "" {
		return fmt.Errorf("%w: a stream has no keys", queue.ErrUnsupported)
	}
	ctx, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()
	message := nats.NewMsg(p.subject)
	message.Data = task.Payload
	writeHeaders(message.Header, func(yield func(string, []string) bool) {
		for name, value := range task.Headers {
			if !yield(name, []string{value}) {
				return
			}
		}
	})
	if task.ID != "" {
		message.Header.Set(jetstream.MsgIDHeader, writeID(task.ID))
	}
	if err := p.checkSize(message); err != nil {
		return err
	}
	_, err := p.js.PublishMsg(ctx, message, jetstream.WithExpectStream(p.stream),
		jetstream.WithRetryAttempts(leaderless), jetstream.WithRetryWait(leaderlessWait))
	return p.explain(err)
}

func (p *Publisher) checkSize(m *nats.Msg) error {
	size := m.Size()
	if most := int(p.conn.MaxPayload()) - letterRoom; size > most {
		return fmt.Errorf("%w: %d bytes with headers, id and subject, wanted %d or less (max_payload of the server, less %d for a dead letter). "+
			"Store the input and publish its name", queue.ErrTooLarge, size, most, letterRoom)
	}
	if headers := size - len(m.Subject) - len(m.Data); headers > mostHeaders-letterRoom {
		return fmt.Errorf("%w: %d bytes of headers and id, wanted %d or less (what a stream takes, less %d for a dead letter)",
			queue.ErrTooLarge, headers, mostHeaders-letterRoom, letterRoom)
	}
	return nil
}

func (p *Publisher) explain(err error) error {
	var api *jetstream.APIError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, nats.ErrConnectionClosed):
		return queue.ErrClosed
	case isTooLarge(err):
		return fmt.Errorf("%w: %w", queue.ErrTooLarge, err)
	case errors.As(err, &api):
		switch api.ErrorCode {
		case codeStoreFailed, codeNoResources, codeStorageFull, codeMemoryFull:
			return fmt.Errorf("%w: %w", queue.ErrFull, err)
		}
	}
	return fmt.Errorf("publish to %q: %w", p.subject, err)
}

// isTooLarge says that a message is larger than the server, or its stream, takes.
func isTooLarge(err error) bool {
	var api *jetstream.APIError
	return errors.Is(err, nats.ErrMaxPayload) ||
		errors.As(err, &api) && (api.ErrorCode == codeTooLarge || api.ErrorCode == codeHeadersTooLarge)
}

// Close implements [queue.Publisher].
func (p *Publisher) Close() error {
	p.conn.Close()
	return nil
}
