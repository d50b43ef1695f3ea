package redisonce

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrLeaseLost is the cause with which the context of a held function ends, and what [Store.Hold] returns,
// when the lease could not be renewed, or somebody else has it: what the function did meanwhile may have
// been done by another one as well.
var ErrLeaseLost = errors.New("the lease is lost")

// HeldError says that another process does the effect now.
type HeldError struct {
	// For is how long its lease goes on unless it is renewed.
	For time.Duration
}

func (e *HeldError) Error() string {
	return fmt.Sprintf("another process does this effect; its lease ends in %v", e.For)
}

// lastWord is how long Redis is told of the end of a lease, also when the caller's context has ended.
const lastWord = 5 * time.Second

// Hold runs effect under a lease of ttl, which it renews while effect runs, and marks key as done when
// effect returns nil, for which it takes up to 5 s more when ctx has ended meanwhile. It does not wait: a key
// that somebody else holds gives a [*HeldError], which a worker turns into a later attempt with
// worker.RetryAfter; one that is done gives [ErrAlreadyDone]. An error of effect is returned as it is, and
// gives the lease back.
//
// token grows with each holder of the key. Pass it on to what the effect is in, if that can refuse a
// lower one. The context of effect ends with the cause [ErrLeaseLost] when the lease is lost, at the latest
// when it is over by this process's clock. Read in the package's description what this cannot promise.
func (s *Store) Hold(ctx context.Context, key string, ttl time.Duration, effect func(ctx context.Context, token int64) error) error {
	if key == "" || ttl < time.Millisecond || ttl > s.retention {
		return fmt.Errorf("redisonce: Hold needs a key, and a lease of 1 ms to the retention of %v, got %q and %v", s.retention, key, ttl)
	}
	l, err := s.acquire(ctx, key, ttl.Truncate(time.Millisecond))
	if err != nil {
		return err
	}
	if err := l.under(ctx, effect); err != nil {
		_, _ = l.endWith(ctx, release)
		return err
	}
	held, err := l.endWith(ctx, finish)
	if err == nil && !held {
		err = ErrLeaseLost
	}
	if err != nil {
		return fmt.Errorf("mark %q as done: %w", key, err)
	}
	return nil
}
