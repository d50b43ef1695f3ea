package redisonce_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"capstan/idempotent/redisonce"
	"capstan/testserver"
	"capstan/worker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, c redisonce.Config) (*redis.Client, *redisonce.Store) {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: testserver.Redis(t)})
	t.Cleanup(func() { _ = client.Close() })
	store, err := redisonce.New(client, c)
	if err != nil {
		t.Fatal(err)
	}
	return client, store
}

func TestAScriptIsRunOncePerKey(t *testing.T) {
	client, store := open(t, redisonce.Config{Retention: time.Hour})
	deposit := redisonce.NewEffect(`if ARGV[2] == 'broken' then error('no such account') end
return redis.call('INCRBY', KEYS[1], ARGV[1])`)
	if _, err := store.Do(t.Context(), "a", deposit, []string{"account"}, 5, "broken"); err == nil || !strings.Contains(err.Error(), "no such account") {
		t.Fatalf("error %v", err)
	}
	var all sync.WaitGroup
	var did, found atomic.Int64
	for range 20 {
		all.Go(func() {
			balance, err := store.Do(t.Context(), "a", deposit, []string{"account"}, 5, "")
			switch {
			case err == nil && balance == int64(5):
				did.Add(1)
			case errors.Is(err, worker.ErrAlreadyDone):
				found.Add(1)
			default:
				t.Errorf("%v, %v", balance, err)
			}
		})
	}
	all.Wait()
	if did.Load() != 1 || found.Load() != 19 || client.Get(t.Context(), "account").Val() != "5" {
		t.Errorf("%d did it, %d found it, the balance is %s", did.Load(), found.Load(), client.Get(t.Context(), "account").Val())
	}
	if kept := client.TTL(t.Context(), "capstan:done:a").Val(); kept < 59*time.Minute || kept > time.Hour {
		t.Errorf("the key is kept for %v", kept)
	}
	nothing := redisonce.NewEffect(`redis.call('SET', KEYS[1], 'x')`)
	if result, err := store.Do(t.Context(), "b", nothing, []string{"other"}); result != nil || err != nil {
		t.Errorf("a script without a result gives %v, %v", result, err)
	}
}

func TestAScriptThatReturnsAnErrorIsNotDone(t *testing.T) {
	client, store := open(t, redisonce.Config{})
	for name, c := range map[string]struct{ lua, want string }{
		"error_reply": {`if redis.call('EXISTS', KEYS[1]) == 0 then return redis.error_reply('NOACCOUNT of that name') end`, "NOACCOUNT of that name"},
		"pcall": {`local added = redis.pcall('INCRBY', KEYS[1], 'much')
if added.err and redis.call('EXISTS', KEYS[1]) == 0 then return added end`, "not an integer"},
	} {
		t.Run(name, func(t *testing.T) {
			deposit := redisonce.NewEffect(c.lua + "\nreturn redis.call('INCRBY', KEYS[1], ARGV[1])")
			if result, err := store.Do(t.Context(), name, deposit, []string{name}, 5); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("%v, %v, want the script's error", result, err)
			}
			client.Set(t.Context(), name, 1, 0)
			if balance, err := store.Do(t.Context(), name, deposit, []string{name}, 5); err != nil || balance != int64(6) {
				t.Errorf("the next attempt: %v, %v", balance, err)
			}
		})
	}
}

func TestALeaseHasOneHolderAndEndsWithTheEffect(t *testing.T) {
	_, store := open(t, redisonce.Config{})
	const ttl = 2 * time.Second // renewed every third of it, on a machine that may be busy
	var tokens []int64
	broken := errors.New("broken")
	err := store.Hold(t.Context(), "mail", ttl, func(_ context.Context, token int64) error {
		tokens = append(tokens, token)
		return broken
	})
	if !errors.Is(err, broken) {
		t.Fatalf("error %v", err)
	}
	err = store.Hold(t.Context(), "mail", ttl, func(ctx context.Context, token int64) error {
		tokens = append(tokens, token)
		// It is renewed: a second holder is refused even when the first lease would have ended.
		limited, cancel := context.WithTimeout(ctx, ttl+ttl/4)
		defer cancel()
		for limited.Err() == nil {
			var held *redisonce.HeldError
			second := store.Hold(ctx, "mail", ttl, func(context.Context, int64) error { return errors.New("two holders") })
			if !errors.As(second, &held) || held.For <= 0 || held.For > ttl {
				t.Errorf("a second holder gets %v", second)
			}
		}
		return ctx.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Hold(t.Context(), "mail", ttl, nil); !errors.Is(err, worker.ErrAlreadyDone) {
		t.Errorf("after the effect: %v", err)
	}
	if len(tokens) != 2 || tokens[1] <= tokens[0] {
		t.Errorf("tokens %v", tokens)
	}
}

func TestAHolderWhoseLeaseIsGoneIsTold(t *testing.T) {
	client, store := open(t, redisonce.Config{})
	err := store.Hold(t.Context(), "mail", 100*time.Millisecond, func(ctx context.Context, token int64) error {
		// Somebody else took over, as after a pause of this process.
		if err := client.HSet(ctx, "capstan:done:mail", "token", token+1).Err(); err != nil {
			t.Error(err)
		}
		<-ctx.Done()
		return context.Cause(ctx)
	})
	if !errors.Is(err, redisonce.ErrLeaseLost) {
		t.Errorf("error %v", err)
	}
	// One that does not look at its context cannot mark the effect as its own.
	err = store.Hold(t.Context(), "other", time.Minute, func(ctx context.Context, token int64) error {
		return client.HSet(ctx, "capstan:done:other", "token", token+1).Err()
	})
	if !errors.Is(err, redisonce.ErrLeaseLost) || client.HExists(t.Context(), "capstan:done:other", "done").Val() {
		t.Errorf("error %v", err)
	}
}

func TestAnEffectIsMarkedAlsoWhenTheContextHasEnded(t *testing.T) {
	_, store := open(t, redisonce.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	err := store.Hold(ctx, "mail", time.Minute, func(context.Context, int64) error {
		cancel()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Hold(t.Context(), "mail", time.Minute, nil); !errors.Is(err, worker.ErrAlreadyDone) {
		t.Errorf("after the effect: %v", err)
	}
}

// around is a client's hook that runs each script.
type around func(run func() error) error

func (a around) DialHook(next redis.DialHook) redis.DialHook                               { return next }
func (a around) ProcessPipelineHook(n redis.ProcessPipelineHook) redis.ProcessPipelineHook { return n }
func (a around) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		run := func() error { return next(ctx, cmd) }
		if strings.HasPrefix(cmd.Name(), "eval") {
			return a(run)
		}
		return run()
	}
}

func TestALeaseIsRenewedForAsLongAsItsEffectGoesOn(t *testing.T) {
	client, store := open(t, redisonce.Config{Retention: time.Hour})
	renewed := make(chan struct{})
	client.AddHook(around(func(run func() error) error {
		err := run()
		select {
		case renewed <- struct{}{}:
		default: // nobody waits for it yet
		}
		return err
	}))
	ctx, cancel := context.WithCancel(t.Context())
	const short = time.Minute
	err := store.Hold(ctx, "mail", 1500*time.Millisecond, func(context.Context, int64) error {
		cancel() // which it does not heed
		client.PExpire(t.Context(), "capstan:done:mail", short)
		for range 3 { // one that began before, and one that Redis did not know yet
			<-renewed
		}
		if left := client.PTTL(t.Context(), "capstan:done:mail").Val(); left <= short {
			t.Errorf("the key, and the token with it, is kept for %v", left)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestAHolderIsToldOfTheEndOfItsLeaseHoweverLongTheClientWaits(t *testing.T) {
	client, store := open(t, redisonce.Config{})
	var away atomic.Bool
	answers := make(chan struct{})
	client.AddHook(around(func(run func() error) error {
		if away.Load() {
			<-answers
		}
		return run()
	}))
	err := store.Hold(t.Context(), "mail", 100*time.Millisecond, func(ctx context.Context, _ int64) error {
		defer close(answers)
		away.Store(true)
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(10 * time.Second):
			return errors.New("not told")
		}
	})
	if !errors.Is(err, redisonce.ErrLeaseLost) {
		t.Errorf("error %v", err)
	}
}

func TestALeaseThatIsOverBeforeItIsKnownIsNoLease(t *testing.T) {
	client, store := open(t, redisonce.Config{})
	const ttl = 50 * time.Millisecond
	client.AddHook(around(func(run func() error) error {
		defer time.Sleep(ttl)
		return run()
	}))
	err := store.Hold(t.Context(), "mail", ttl, func(context.Context, int64) error { return errors.New("ran") })
	if !errors.Is(err, redisonce.ErrLeaseLost) || strings.Contains(err.Error(), "ran") {
		t.Errorf("error %v", err)
	}
}

func TestALeaseOfAKilledHolderEndsByItself(t *testing.T) {
	client, store := open(t, redisonce.Config{})
	if err := client.HSet(t.Context(), "capstan:done:mail", "token", 7, "ends", time.Now().Add(200*time.Millisecond).UnixMilli()).Err(); err != nil {
		t.Fatal(err)
	}
	var token int64
	testserver.Until(t, 10*time.Second, func() error {
		return store.Hold(t.Context(), "mail", time.Second, func(_ context.Context, given int64) error { token = given; return nil })
	}, func() string { return "" })
	if token != 8 {
		t.Errorf("token %d, want one more than the killed holder's", token)
	}
}

func TestFailsWithMistakes(t *testing.T) {
	for _, retention := range []time.Duration{-1, 1, time.Millisecond - 1} {
		if _, err := redisonce.New(nil, redisonce.Config{Retention: retention}); err == nil || !strings.Contains(err.Error(), "at least 1 ms, got "+retention.String()) {
			t.Errorf("a retention of %v: %v", retention, err)
		}
	}
	store, err := redisonce.New(nil, redisonce.Config{Retention: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Hold(t.Context(), "a", time.Hour, nil); err == nil || !strings.Contains(err.Error(), "retention of 1m0s") {
		t.Errorf("error %v", err)
	}
	if _, err := store.Do(t.Context(), "", nil, nil); err == nil {
		t.Error("an empty key was taken")
	}
}
