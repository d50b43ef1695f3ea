// Package mistake tells errors that the user can mend from failures of the machine.
package mistake

import (
	"errors"
	"fmt"
	"strings"
)

// Error is something wrong in what the user handed over: a flag, a folder, source code.
type Error struct {
	// Line says in one line what is wrong and, where it is known, how to mend it.
	Line string
	// Output holds the lines of the tool that found it, such as the compiler; empty when Line says all.
	Output string
}

// Error returns the line, followed by the tool's own lines if there are any.
func (e *Error) Error() string {
	if e.Output == "" {
		return e.Line
	}
	return e.Line + "\n" + strings.TrimRight(e.Output, "\n")
}

// New returns a mistake with a formatted line.
func New(format string, args ...any) error {
	return &Error{Line: fmt.Sprintf(format, args...)}
}

// WithOutput returns a mistake whose line is followed by the lines of the tool that found it.
func WithOutput(output, format string, args ...any) error {
	return &Error{Line: fmt.Sprintf(format, args...), Output: output}
}

// Is reports whether err is a mistake of the user, or wraps or joins one.
func Is(err error) bool {
	var mistake *Error
	return errors.As(err, &mistake)
}
