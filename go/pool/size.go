package pool

import "fmt"

// sizes is the bound on the size of what is accepted and unfinished.
type sizes[T any] struct {
	of   func(T) int64 // Config.Size; nil means that sizes are not bounded
	max  int64
	used int64
}

// fits reports whether there is room for the size of task.
func (s *sizes[T]) fits(task T) bool { return s.of == nil || s.of(task) <= s.max-s.used }

// refuse returns an error if one of tasks could never be accepted, or has no size.
func (s *sizes[T]) refuse(tasks ...T) error {
	if s.of == nil {
		return nil
	}
	for _, task := range tasks {
		switch size := s.of(task); {
		case size < 0:
			return fmt.Errorf("%w: its size must be 0 or more, got %d", ErrTooLarge, size)
		case size > s.max:
			return fmt.Errorf("%w: its size is %d, and MaxSize %d", ErrTooLarge, size, s.max)
		}
	}
	return nil
}
