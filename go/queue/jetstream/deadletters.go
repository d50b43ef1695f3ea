package jetstream

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"capstan/queue"
)

// DeadLetters are those of one consumer, on a subject that others may share. A letter is named by its
// number in the stream that takes the subject. It implements [queue.DeadLetters].
type DeadLetters struct {
	conn    *nats.Conn
	js      jetstream.JetStream
	letters jetstream.Stream
	subject string
	stream  string // of the tasks
	ours    string // what the ids of this consumer's letters begin with
}

var _ queue.DeadLetters = (*DeadLetters)(nil)

// OpenDeadLetters reads on conn, which it then owns (Close closes it), the letters that the queue of
// this stream and consumer publishes to subject. An error leaves conn open.
func OpenDeadLetters(ctx context.Context, conn *nats.Conn, stream, consumer, subject string) (*DeadLetters, error) {
	js, err := jetstream.New(conn)
	if err != nil {
		return nil, fmt.Errorf("jetstream: %w", err)
	}
	name, err := js.StreamNameBySubject(ctx, subject)
	if err != nil {
		return nil, fmt.Errorf("no stream takes dead letters on %q: %w", subject, err)
	}
	letters, err := js.Stream(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("stream %q of dead letters: %w", name, err)
	}
	return &DeadLetters{
		conn: conn, js: js, letters: letters, subject: subject, stream: stream, ours: namesOf(stream, consumer),
	}, nil
}

// namesOf begins all that is named by a task of this consumer; [receipt.place] follows. Letters are, so that
// burying a task twice makes one.
func namesOf(stream, consumer string) string { return stream + "." + consumer + "." }

// List implements [queue.DeadLetters]. Each letter is one request to the server.
func (l *DeadLetters) List(ctx context.Context, after string, limit int) ([]queue.DeadLetter, error) {
	next := uint64(1)
	if after != "" {
		number, err := sequenceOf(after)
		if err != nil || number == math.MaxUint64 { // the last that there can be
			return nil, err
		}
		next = number + 1
	}
	var found []queue.DeadLetter
	for len(found) < limit {
		m, err := l.letters.GetMsg(ctx, next, jetstream.WithGetMsgSubject(l.subject))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return found, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read dead letters on %q: %w", l.subject, err)
		}
		next = m.Sequence + 1
		if l.owns(m) {
			letter := letterOf(m)
			letter.Payload, letter.Headers = nil, nil
			found = append(found, letter)
		}
	}
	return found, nil
}

// Get implements [queue.DeadLetters].
func (l *DeadLetters) Get(ctx context.Context, letter string) (queue.DeadLetter, error) {
	m, err := l.get(ctx, letter)
	if err != nil {
		return queue.DeadLetter{}, err
	}
	return letterOf(m), nil
}

func (l *DeadLetters) get(ctx context.Context, letter string) (*jetstream.RawStreamMsg, error) {
	number, err := sequenceOf(letter)
	if err != nil {
		return nil, err
	}
	m, err := l.letters.GetMsg(ctx, number)
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
		return nil, queue.ErrNotFound
	case err != nil:
		return nil, fmt.Errorf("read dead letter %s: %w", letter, err)
	case !l.owns(m):
		return nil, queue.ErrNotFound
	}
	return m, nil
}

// Replay implements [queue.DeadLetters]. The task keeps its name. Within the duplicate window of its
// stream a letter is replayed once, even if a kill leaves it behind.
func (l *DeadLetters) Replay(ctx context.Context, letter string) error {
	m, err := l.get(ctx, letter)
	if err != nil {
		return err
	}
	task := nats.NewMsg(m.Header.Get(HeaderSubject))
	task.Data = m.Data
	writeHeaders(task.Header, eachHeader(m.Header))
	task.Header.Set(HeaderID, m.Header.Get(HeaderID))
	id := fmt.Sprintf("replay.%s.%d.%d", l.letters.CachedInfo().Config.Name, m.Sequence, m.Time.UnixNano())
	if _, err := l.js.PublishMsg(ctx, task, jetstream.WithMsgID(id), jetstream.WithExpectStream(l.stream)); err != nil {
		return fmt.Errorf("publish task %q again to %q: %w", readID(m.Header.Get(HeaderID)), task.Subject, err)
	}
	return l.remove(ctx, m)
}

// Drop implements [queue.DeadLetters].
func (l *DeadLetters) Drop(ctx context.Context, letter string) error {
	m, err := l.get(ctx, letter)
	if err != nil {
		return err
	}
	return l.remove(ctx, m)
}

func (l *DeadLetters) remove(ctx context.Context, m *jetstream.RawStreamMsg) error {
	err := l.letters.DeleteMsg(ctx, m.Sequence)
	if err == nil || errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil
	}
	return fmt.Errorf("remove dead letter %d: %w", m.Sequence, err)
}

// Close implements [queue.DeadLetters].
func (l *DeadLetters) Close() error {
	l.conn.Close()
	return nil
}

func (l *DeadLetters) owns(m *jetstream.RawStreamMsg) bool {
	return m.Subject == l.subject && strings.HasPrefix(m.Header.Get(jetstream.MsgIDHeader), l.ours)
}

func sequenceOf(letter string) (uint64, error) {
	number, err := strconv.ParseUint(letter, 10, 64)
	if err != nil || number == 0 {
		return 0, fmt.Errorf("%w: letters are named by numbers, got %q", queue.ErrNotFound, letter)
	}
	return number, nil
}

func letterOf(m *jetstream.RawStreamMsg) queue.DeadLetter {
	attempts, _ := strconv.Atoi(m.Header.Get(HeaderAttempts))
	return queue.DeadLetter{
		Letter: strconv.FormatUint(m.Sequence, 10), ID: readID(m.Header.Get(HeaderID)),
		Reason: m.Header.Get(HeaderReason), Detail: strings.ReplaceAll(m.Header.Get(HeaderDetail), `\n`, "\n"),
		Attempts: attempts, Bytes: int64(len(m.Data)), Time: m.Time, Payload: m.Data, Headers: headersOf(m.Header),
	}
}
