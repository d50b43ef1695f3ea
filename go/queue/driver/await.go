package driver

import (
	"context"
	"time"
)

// Await is how something at a broker is waited for that is not there yet.
type Await struct {
	// Pause is the time between two attempts.
	Pause time.Duration
	// IsPassing says whether a later attempt may succeed.
	IsPassing func(error) bool
	// Say is told why an attempt failed, once for each reason in a row.
	Say func(error)
}

// Until attempts until that succeeds, fails for good, or ctx ends. It returns the error that was for good, or
// that of the latest attempt that ctx did not cut short.
func (a Await) Until(ctx context.Context, attempt func() error) error {
	var said string
	var reason error
	for {
		err := attempt()
		if err == nil || !a.IsPassing(err) {
			return err
		}
		if reason == nil || ctx.Err() == nil {
			reason = err
		}
		if text := reason.Error(); text != said {
			a.Say(reason)
			said = text
		}
		if Pause(ctx, a.Pause) != nil {
			return reason
		}
	}
}
