package redis

import (
	"context"
	"regexp"
	"strconv"

	goredis "github.com/redis/go-redis/v9"

	"capstan/queue"
)

// DeadLetters are those of one stream and group, in a stream that others may share. It implements
// [queue.DeadLetters].
type DeadLetters struct {
	client                 *goredis.Client
	letters, stream, group string
}

var _ queue.DeadLetters = (*DeadLetters)(nil)

// OpenDeadLetters reads the stream letters on client, which it then owns: Close closes it.
func OpenDeadLetters(client *goredis.Client, letters, stream, group string) *DeadLetters {
	return &DeadLetters{client: client, letters: letters, stream: stream, group: group}
}

// List implements [queue.DeadLetters].
func (l *DeadLetters) List(ctx context.Context, after string, limit int) ([]queue.DeadLetter, error) {
	answer, err := listScript.Run(ctx, l.client, []string{l.letters}, l.stream, l.group, after, limit).Slice()
	if err != nil {
		return nil, explain(err)
	}
	entries, err := entriesOf(answer)
	if err != nil {
		return nil, err
	}
	letters := make([]queue.DeadLetter, len(entries))
	for i, e := range entries {
		letters[i], _, _ = letterOf(e)
		size, _ := strconv.ParseInt(string(letters[i].Payload), 10, 64)
		letters[i].Bytes, letters[i].Payload, letters[i].Headers = size, nil, nil
	}
	return letters, nil
}

// Get implements [queue.DeadLetters].
func (l *DeadLetters) Get(ctx context.Context, letter string) (queue.DeadLetter, error) {
	if !number.MatchString(letter) {
		return queue.DeadLetter{}, queue.ErrNotFound
	}
	answer, err := l.client.Do(ctx, "XRANGE", l.letters, letter, letter).Result()
	if err != nil {
		return queue.DeadLetter{}, explain(err)
	}
	entries, err := entriesOf(answer)
	if err != nil {
		return queue.DeadLetter{}, err
	}
	if len(entries) == 0 {
		return queue.DeadLetter{}, queue.ErrNotFound
	}
	found, stream, group := letterOf(entries[0])
	if stream != l.stream || group != l.group {
		return queue.DeadLetter{}, queue.ErrNotFound
	}
	return found, nil
}

// Replay implements [queue.DeadLetters]. It is one step in the server: a kill leaves the letter or
// the task, never both. The id does not count as a duplicate.
func (l *DeadLetters) Replay(ctx context.Context, letter string) error {
	if !number.MatchString(letter) {
		return queue.ErrNotFound
	}
	return found(replayScript.Run(ctx, l.client, []string{l.letters, l.stream}, letter, l.group).Int())
}

// Drop implements [queue.DeadLetters].
func (l *DeadLetters) Drop(ctx context.Context, letter string) error {
	if _, err := l.Get(ctx, letter); err != nil {
		return err
	}
	return found(l.client.Do(ctx, "XDEL", l.letters, letter).Int())
}

func found(n int, err error) error {
	if err == nil && n == 0 {
		return queue.ErrNotFound
	}
	return explain(err)
}

// Close implements [queue.DeadLetters].
func (l *DeadLetters) Close() error { return l.client.Close() }

// number is the form of an entry's number: the server refuses other ones with words about its own
// commands.
var number = regexp.MustCompile(`^[0-9]{1,19}-[0-9]{1,19}$`)

// letterOf reads a letter, and says whose it is.
func letterOf(e entry) (letter queue.DeadLetter, stream, group string) {
	letter = queue.DeadLetter{Letter: e.number, ID: e.number, Time: timeOf(e.number)}
	e.each(func(name, value string) {
		switch name {
		case fieldPayload:
			letter.Payload, letter.Bytes = []byte(value), int64(len(value))
		case fieldID:
			letter.ID = value
		case FieldReason:
			letter.Reason = value
		case FieldDetail:
			letter.Detail = value
		case FieldAttempts:
			letter.Attempts, _ = strconv.Atoi(value)
		case FieldStream:
			stream = value
		case FieldGroup:
			group = value
		default:
			letter.Headers = withHeader(letter.Headers, name, value)
		}
	})
	return letter, stream, group
}
