package pool

import (
	"errors"
	"fmt"
)

var (
	// ErrClosed is returned by every method that takes tasks or resizes, once Drain
	// has been called.
	ErrClosed = errors.New("pool: closed")

	// ErrFull is returned by TrySubmit when the bound is reached, or when submitters
	// that arrived earlier are still blocked.
	ErrFull = errors.New("pool: full")

	// ErrTooLarge is returned, wrapped, by every method that takes tasks, if one of them
	// is larger than Config.MaxSize, or its size is negative: it can never be accepted.
	ErrTooLarge = errors.New("pool: task too large")

	// ErrBeyondBound is returned by Room, wrapped, when it is asked for more room
	// than the pool has when empty.
	ErrBeyondBound = errors.New("pool: more room asked for than the bound")

	// ErrGoexit is the outcome of a task whose handler called runtime.Goexit.
	ErrGoexit = errors.New("pool: handler called runtime.Goexit")

	// ErrDrainDeadline is the cause, by context.Cause, with which handlers are
	// cancelled when the context given to Drain has ended.
	ErrDrainDeadline = errors.New("pool: drain deadline passed")
)

// PanicError is the outcome of a task whose handler panicked, and the error of a submit whose task made Config.Order
// panic.
type PanicError struct {
	// Value is what was given to panic.
	Value any
	// Stack is the stack of the goroutine at the panic, as debug.Stack prints it.
	Stack []byte
}

// Error says what was given to panic, without the stack.
func (e *PanicError) Error() string {
	return fmt.Sprintf("pool: handler panicked: %v", e.Value)
}

// Unwrap returns the value given to panic if it is an error, and nil otherwise.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}
