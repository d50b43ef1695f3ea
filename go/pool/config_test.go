package pool_test

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"capstan/pool"
)

func TestNewRefusesBadFields(t *testing.T) {
	good := pool.Config[int]{Workers: 1, Handle: func(context.Context, int) error { return nil }}
	for name, test := range map[string]struct {
		spoil func(*pool.Config[int])
		want  string
	}{
		"fails without workers":              {func(c *pool.Config[int]) { c.Workers = 0 }, "Workers must be 1 or more, got 0"},
		"fails with a negative queue":        {func(c *pool.Config[int]) { c.Queue = -1 }, "Queue must be 0 or more, got -1"},
		"fails with a bound beyond an int":   {func(c *pool.Config[int]) { c.Queue = math.MaxInt }, "Workers + Queue must fit an int"},
		"fails without a handler":            {func(c *pool.Config[int]) { c.Handle = nil }, "Handle must be set, got nil"},
		"fails with a negative idle timeout": {func(c *pool.Config[int]) { c.IdleTimeout = -time.Second }, "IdleTimeout must not be negative, got -1s"},
		"fails with a negative stuck after":  {func(c *pool.Config[int]) { c.StuckAfter = -time.Second }, "StuckAfter must not be negative, got -1s"},
		"fails with a negative cancel grace": {func(c *pool.Config[int]) { c.CancelGrace = -time.Second }, "CancelGrace must not be negative, got -1s"},
	} {
		t.Run(name, func(t *testing.T) {
			config := good
			test.spoil(&config)
			_, err := pool.New(config)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
	if _, err := pool.New(good); err != nil {
		t.Errorf("a good configuration is refused: %v", err)
	}
}

func TestNewReportsAllBadFieldsAtOnce(t *testing.T) {
	_, err := pool.New(pool.Config[int]{Workers: -3, Queue: -1, IdleTimeout: -1, CancelGrace: -1, StuckAfter: -1})
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 6 {
		t.Errorf("got %v, want six errors joined", err)
	}
}
