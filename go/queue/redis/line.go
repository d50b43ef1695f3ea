package redis

import (
	"context"
	"errors"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// line is a connection of its own for requests that wait, with its number at the server: it takes
// the number to end such a wait.
type line struct {
	conn   *goredis.Conn
	number int64
}

type answer struct {
	value any
	err   error
}

// ask puts a request that waits at the server for up to wait.
func (l *line) ask(command []any, wait time.Duration) answer {
	ctx, cancel := context.WithTimeout(context.Background(), wait+answerTimeout/2)
	defer cancel()
	value, err := l.conn.Do(ctx, command...).Result()
	return answer{value, err}
}

// interruptEvery is the pause between two tries to end a wait: the request may still be on its way
// when the first one arrives.
const interruptEvery = 5 * time.Millisecond

// interrupt ends the wait of a request, and returns its answer: a task may have come just before.
// Where the server does not let it, the answer comes when the wait is over.
func (q *Queue) interrupt(l *line, answered <-chan answer) answer {
	ctx, cancel := context.WithTimeout(context.Background(), recall)
	defer cancel()
	for ctx.Err() == nil {
		err := q.client.ClientUnblock(ctx, l.number).Err()
		timer := time.NewTimer(interruptEvery)
		if err != nil {
			timer.Reset(longestWait)
		}
		select {
		case a := <-answered:
			timer.Stop()
			return a
		case <-timer.C:
		}
	}
	return <-answered
}

// lines are those of a queue that nobody uses now. Safe for concurrent use.
type lines struct {
	client *goredis.Client

	mu   sync.Mutex
	free []*line
}

func (l *lines) take(ctx context.Context) (*line, error) {
	l.mu.Lock()
	if n := len(l.free); n > 0 {
		defer l.mu.Unlock()
		taken := l.free[n-1]
		l.free = l.free[:n-1]
		return taken, nil
	}
	l.mu.Unlock()
	made := &line{conn: l.client.Conn()}
	var err error
	if made.number, err = made.conn.ClientID(ctx).Result(); err != nil {
		return nil, errors.Join(err, made.conn.Close())
	}
	return made, nil
}

// giveBack closes a line on which something went wrong.
func (l *lines) giveBack(used *line, err error) {
	if err != nil && !errors.Is(err, goredis.Nil) {
		_ = used.conn.Close()
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.free = append(l.free, used)
}

func (l *lines) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, it := range l.free {
		_ = it.conn.Close()
	}
	l.free = nil
}
