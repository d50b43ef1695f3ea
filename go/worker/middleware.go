package worker

// Middleware wraps a handler, to do something before and after it, or instead of it. What it returns
// is judged as a handler's error is.
type Middleware[T any] func(Handler[T]) Handler[T]

// Use puts middleware around the handler that build makes. The first is the outermost: Use(build, a, b)
// runs a, then b, then the handler. They run within the deadline of the task, for every attempt.
func Use[T any](build func(Setup) (Handler[T], error), around ...Middleware[T]) func(Setup) (Handler[T], error) {
	return func(s Setup) (Handler[T], error) {
		handler, err := build(s)
		if err != nil || handler == nil {
			return handler, err
		}
		for i := len(around) - 1; i >= 0; i-- {
			handler = around[i](handler)
		}
		return handler, nil
	}
}
