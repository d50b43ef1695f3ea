package queue

import (
	"context"
	"fmt"
)

// Difference is a setting that is not as it should be.
type Difference struct {
	// Field is its name, as the server's own tools show it.
	Field string
	// Wanted and Got are its values, for a person.
	Wanted, Got string
}

// String is the line form of mistakes.
func (d Difference) String() string {
	return fmt.Sprintf("%s: wanted %s, got %s", d.Field, d.Wanted, d.Got)
}

// Drifter is a queue whose server keeps settings of it that others can change while it is open.
type Drifter interface {
	// Drift compares the settings with those that this process made when it opened the queue, and
	// returns those that differ. Settings that another process made in the same way, as the next
	// version of a worker does, are no difference. An error means that the server did not say. It is
	// one small request, bounded by ctx.
	Drift(ctx context.Context) ([]Difference, error)
}
