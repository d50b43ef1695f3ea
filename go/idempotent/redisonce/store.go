package redisonce

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"capstan/internal/done"
)

// ErrAlreadyDone says that the effect was in place before. It is worker.ErrAlreadyDone.
var ErrAlreadyDone = done.Err

const (
	defaultPrefix    = "capstan:done:"
	defaultRetention = 7 * 24 * time.Hour
)

// Config says how keys are kept. The zero value is right for most.
type Config struct {
	// Prefix of the keys in Redis. Empty: capstan:done:
	Prefix string
	// Retention is how long a key is kept after its effect, or after its latest holder, 1 ms or more; Redis
	// removes it then. No delivery may come later than that: see package idempotent. 0: 7 days.
	Retention time.Duration
}

// Store does effects once. Its methods may be called from any number of goroutines and processes.
type Store struct {
	client    redis.UniversalClient
	prefix    string
	retention time.Duration
}

// New keeps keys in the Redis of client, which stays the caller's. The error is a mistake in c.
func New(client redis.UniversalClient, c Config) (*Store, error) {
	if c.Retention == 0 {
		c.Retention = defaultRetention
	}
	if c.Retention < time.Millisecond {
		return nil, fmt.Errorf("redisonce: Retention must be 0 or at least 1 ms, got %v", c.Retention)
	}
	if c.Prefix == "" {
		c.Prefix = defaultPrefix
	}
	return &Store{client: client, prefix: c.Prefix, retention: c.Retention}, nil
}

// Effect is what a script does: Lua, in which KEYS and ARGV are those given here. In a cluster, its keys
// and that of the effect need one hash tag in common, such as {photo-1}.
//
// A script that fails, or returns an error of redis.pcall or redis.error_reply, keeps what it has written
// until then, and counts as not done: check first, and then write.
type Effect struct {
	script *redis.Script
}

// frame is what a script runs in: the first key is the marker, the first argument its retention.
const frame = `local capstan_marker, capstan_retention = KEYS[1], ARGV[1]
if redis.call('EXISTS', capstan_marker) == 1 then return {1, false} end
local KEYS, ARGV = {unpack(KEYS, 2)}, {unpack(ARGV, 2)}
local function capstan_effect()
%s
end
local capstan_result = capstan_effect()
if type(capstan_result) == 'table' and capstan_result.err then return capstan_result end
redis.call('SET', capstan_marker, '1', 'PX', capstan_retention)
return {0, capstan_result or false}`

// NewEffect makes an effect of Lua, once for all deliveries: a script is sent to Redis once.
//
//	var deposit = redisonce.NewEffect(`return redis.call('INCRBY', KEYS[1], ARGV[1])`)
func NewEffect(lua string) *Effect { return &Effect{redis.NewScript(fmt.Sprintf(frame, lua))} }

// Do runs the effect of key, unless it is done: then it returns [ErrAlreadyDone]. It returns what the
// script does, or nil. Any other error leaves open whether the effect is in place, unless it is the
// script's own; the next attempt finds out.
func (s *Store) Do(ctx context.Context, key string, effect *Effect, keys []string, arguments ...any) (any, error) {
	if key == "" {
		return nil, errors.New("redisonce: a key must not be empty")
	}
	answer, err := effect.script.Run(ctx, s.client, append([]string{s.prefix + key}, keys...),
		append([]any{s.retention.Milliseconds()}, arguments...)...).Slice()
	if err != nil {
		return nil, fmt.Errorf("effect of %q in Redis: %w", key, err)
	}
	if answer[0] == int64(1) {
		return nil, ErrAlreadyDone
	}
	return answer[1], nil
}
