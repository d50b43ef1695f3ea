package redisonce

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
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

// The state of a lease is a hash: token, the number of holders so far; ends, by Redis' clock in
// milliseconds; done.
var (
	acquire = redis.NewScript(`local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if redis.call('HEXISTS', KEYS[1], 'done') == 1 then return {1, 0} end
local ends = tonumber(redis.call('HGET', KEYS[1], 'ends') or '0')
if ends > now then return {2, ends - now} end
local token = redis.call('HINCRBY', KEYS[1], 'token', 1)
redis.call('HSET', KEYS[1], 'ends', now + ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return {0, token}`)
	// Each gives 0 when the holder of that token holds it no longer.
	renew = redis.NewScript(`if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if tonumber(redis.call('HGET', KEYS[1], 'ends') or '0') <= now then return 0 end
redis.call('HSET', KEYS[1], 'ends', now + ARGV[2])
return 1`)
	finish = redis.NewScript(`if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'done', '1')
redis.call('HDEL', KEYS[1], 'ends')
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`)
	release = redis.NewScript(`if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[1], 'ends')
return 1`)
)

// Hold runs effect under a lease of ttl, which it renews while effect runs, and marks key as done when
// effect returns nil. It does not wait: a key that somebody else holds gives a [*HeldError], which a
// worker turns into a later attempt with worker.RetryAfter; one that is done gives [ErrAlreadyDone]. An
// error of effect is returned as it is, and gives the lease back.
//
// token grows with each holder of the key. Pass it on to what the effect is in, if that can refuse a
// lower one. The context of effect ends with the cause [ErrLeaseLost] when the lease is lost. Read in the
// package's description what this cannot promise.
func (s *Store) Hold(ctx context.Context, key string, ttl time.Duration, effect func(ctx context.Context, token int64) error) error {
	if key == "" || ttl < time.Millisecond || ttl > s.retention {
		return fmt.Errorf("redisonce: Hold needs a key, and a lease of 1 ms to the retention of %v, got %q and %v", s.retention, key, ttl)
	}
	name := s.prefix + key
	answer, err := acquire.Run(ctx, s.client, []string{name}, ttl.Milliseconds(), s.retention.Milliseconds()).Int64Slice()
	switch {
	case err != nil:
		return fmt.Errorf("lease of %q: %w", key, err)
	case answer[0] == 1:
		return ErrAlreadyDone
	case answer[0] == 2:
		return &HeldError{For: time.Duration(answer[1]) * time.Millisecond}
	}
	token := answer[1]
	if err := s.under(ctx, name, ttl, token, effect); err != nil {
		// The end of ctx must not keep the lease.
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), ttl)
		defer cancel()
		_ = release.Run(limited, s.client, []string{name}, token).Err()
		return err
	}
	held, err := finish.Run(ctx, s.client, []string{name}, token, s.retention.Milliseconds()).Int64()
	if err != nil {
		return fmt.Errorf("mark %q as done: %w", key, err)
	}
	if held == 0 {
		return fmt.Errorf("mark %q as done: %w", key, ErrLeaseLost)
	}
	return nil
}

// under runs effect while it renews the lease.
func (s *Store) under(ctx context.Context, name string, ttl time.Duration, token int64, effect func(context.Context, int64) error) error {
	ctx, lose := context.WithCancelCause(ctx)
	renewed := make(chan struct{})
	go func() {
		defer close(renewed)
		s.renew(ctx, name, ttl, token, lose)
	}()
	defer func() {
		lose(nil)
		<-renewed
	}()
	err := effect(ctx, token)
	if cause := context.Cause(ctx); errors.Is(cause, ErrLeaseLost) {
		return errors.Join(cause, err)
	}
	return err
}

// renew keeps the lease until ctx ends. Redis may be away for as long as the lease goes on.
func (s *Store) renew(ctx context.Context, name string, ttl time.Duration, token int64, lose context.CancelCauseFunc) {
	ticker := time.NewTicker(ttl / 3)
	defer ticker.Stop()
	ends := time.Now().Add(ttl)
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		began := time.Now()
		limited, cancel := context.WithDeadline(ctx, ends)
		held, err := renew.Run(limited, s.client, []string{name}, token, ttl.Milliseconds()).Int64()
		cancel()
		switch {
		case err == nil && held == 1:
			ends = began.Add(ttl)
		case err == nil:
			lose(ErrLeaseLost)
			return
		case !time.Now().Before(ends):
			lose(fmt.Errorf("%w: %w", ErrLeaseLost, err))
			return
		}
	}
}
