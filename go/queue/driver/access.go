package driver

import (
	"context"
	"fmt"
	"os"
	"time"
)

// Variable is the value of the variable that a field of a contract names, which has to be set; empty
// where the field is left out.
func Variable(field string, name *string) (string, error) {
	if name == nil {
		return "", nil
	}
	value := os.Getenv(*name)
	if value == "" {
		return "", fmt.Errorf("%s: wanted the name of a variable that is set, got %s. Set it", field, *name)
	}
	return value, nil
}

// Pause waits for d, or returns ctx's error when it ends first.
func Pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
