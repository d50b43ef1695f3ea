package redisonce

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// The state of a lease is a hash: token, the number of holders so far; ends, by Redis' clock in
// milliseconds; done. It is kept for the retention from the latest of these scripts on, so that no two
// holders have one token.
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
	// Each gives 0 when the holder of that token holds it no longer. ARGV: token, retention, ttl.
	renew = redis.NewScript(`if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if tonumber(redis.call('HGET', KEYS[1], 'ends') or '0') <= now then return 0 end
redis.call('HSET', KEYS[1], 'ends', now + ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`)
	finish = redis.NewScript(`if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'done', '1')
redis.call('HDEL', KEYS[1], 'ends')
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`)
	release = redis.NewScript(`if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[1], 'ends')
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`)
)

// lease is what one holder has.
type lease struct {
	store  *Store
	name   string // of the hash
	token  int64
	ttl    time.Duration
	ends   time.Time             // by this process's clock, which is not after its end by Redis'
	failed atomic.Pointer[error] // of the latest renewal, nil after one that came through
}

// acquire gives [ErrAlreadyDone] or a [*HeldError] where there is no lease to have.
func (s *Store) acquire(ctx context.Context, key string, ttl time.Duration) (*lease, error) {
	l := &lease{store: s, name: s.prefix + key, ttl: ttl, ends: time.Now().Add(ttl)}
	answer, err := acquire.Run(ctx, s.client, []string{l.name}, ttl.Milliseconds(), s.retention.Milliseconds()).Int64Slice()
	switch {
	case err != nil:
		return nil, fmt.Errorf("lease of %q: %w", key, err)
	case answer[0] == 1:
		return nil, ErrAlreadyDone
	case answer[0] == 2:
		return nil, &HeldError{For: time.Duration(answer[1]) * time.Millisecond}
	}
	l.token = answer[1]
	return l, nil
}

// under runs effect while it renews the lease.
func (l *lease) under(ctx context.Context, effect func(context.Context, int64) error) error {
	if !time.Now().Before(l.ends) {
		return fmt.Errorf("%w: Redis took longer than it, %v, to give it", ErrLeaseLost, l.ttl)
	}
	ctx, lose := context.WithCancelCause(ctx)
	// An effect that goes on when ctx has ended keeps its lease.
	running, ended := context.WithCancel(context.WithoutCancel(ctx))
	// Redis' client may wait for an answer for longer than the lease goes on.
	end := time.AfterFunc(time.Until(l.ends), func() { lose(l.lost()) })
	renewed := make(chan struct{})
	go func() {
		defer close(renewed)
		l.renew(running, end, lose)
	}()
	defer func() {
		ended()
		<-renewed
		end.Stop()
		lose(nil)
	}()
	err := effect(ctx, l.token)
	if cause := context.Cause(ctx); errors.Is(cause, ErrLeaseLost) {
		return errors.Join(cause, err)
	}
	return err
}

// renew keeps the lease until ctx ends, and puts end off. Redis may be away for as long as the lease goes on.
func (l *lease) renew(ctx context.Context, end *time.Timer, lose context.CancelCauseFunc) {
	ticker := time.NewTicker(l.ttl / 3)
	defer ticker.Stop()
	for time.Now().Before(l.ends) {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		began := time.Now()
		limited, cancel := context.WithDeadline(ctx, l.ends)
		held, err := l.tell(limited, renew, l.ttl.Milliseconds())
		cancel()
		switch {
		case err != nil:
			l.failed.Store(&err)
		case held:
			l.failed.Store(nil)
			l.ends = began.Add(l.ttl)
			end.Reset(time.Until(l.ends))
		default:
			lose(ErrLeaseLost)
			return
		}
	}
}

// lost is why a lease is over that was not renewed in time.
func (l *lease) lost() error {
	if err := l.failed.Load(); err != nil {
		return fmt.Errorf("%w: %w", ErrLeaseLost, *err)
	}
	return ErrLeaseLost
}

// endWith ends the lease with a script; the end of ctx does not keep it from being told.
func (l *lease) endWith(ctx context.Context, script *redis.Script) (held bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWord)
	defer cancel()
	return l.tell(ctx, script)
}

// tell runs a script, and returns whether this is the holder.
func (l *lease) tell(ctx context.Context, script *redis.Script, arguments ...any) (held bool, err error) {
	arguments = append([]any{l.token, l.store.retention.Milliseconds()}, arguments...)
	return script.Run(ctx, l.store.client, []string{l.name}, arguments...).Bool()
}
