package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"

	"connectrpc.com/connect"

	"capstan/contract"
	"capstan/queue"
	"capstan/tracing"
)

// ErrNoPublish is what Setup.Publish returns when the contract names nowhere to publish.
var ErrNoPublish = errors.New("this service publishes nowhere; give it a `publish` in its spec")

// publishing is Setup.Publish.
type publishing = func(ctx context.Context, id string, payload any, options ...queue.Option) error

// Setup is what a service gives its handlers. All fields are safe for concurrent use as long as
// nobody writes to Settings.
type Setup struct {
	// Name of the service, as in the spec.
	Name string
	// Input and Output are folders.input and folders.output of the contract; empty when not set.
	Input, Output string
	// Settings are the handlers' own settings, as they stand in the contract.
	Settings map[string]string
	// Log writes JSON lines to standard error.
	Log *slog.Logger
	// Slots is the number of requests that are handled at once.
	Slots int
	// MaxBodyBytes is request.maxBodyBytes of the contract.
	MaxBodyBytes int64
	// Publish enqueues a task where the contract says; payload is encoded as JSON. It returns
	// nil once the broker has it for good: see [queue.Publisher], whose errors it gives, and
	// [ErrNoPublish]. Options such as [queue.NotBefore] say more of the task.
	Publish func(ctx context.Context, id string, payload any, options ...queue.Option) error
}

// HandlerOptions are for the Connect handlers of the service: they bound a message to
// request.maxBodyBytes.
func (s Setup) HandlerOptions() []connect.HandlerOption {
	// 0 would mean no bound.
	return []connect.HandlerOption{connect.WithReadMaxBytes(max(int(s.MaxBodyBytes), 1))}
}

// Handlers answer the requests of a service. They run in up to Setup.Slots goroutines at once. A
// request's context ends after request.maxSeconds, when its client is gone, or when the service has
// to end; a handler returns soon after that.
type Handlers struct {
	// HTTP answers requests that no RPC handler takes. nil: they are not found.
	HTTP http.Handler
	// RPC are Connect handlers by the path that their constructor returns with them: a literal one,
	// no pattern of [http.ServeMux].
	RPC map[string]http.Handler
	// Close is called when no request is left. nil: nothing is.
	Close func() error
}

// mux routes requests to the handlers. It checks before [http.ServeMux] does, which panics.
func (h Handlers) mux() (http.Handler, error) {
	mux := http.NewServeMux()
	if h.HTTP != nil {
		if isNil(h.HTTP) {
			return nil, errors.New("handlers.HTTP: wanted a handler, got a nil function. Set it, or leave it out")
		}
		mux.Handle("/", h.HTTP)
	}
	for _, path := range slices.Sorted(maps.Keys(h.RPC)) {
		if err := h.checkRPC(path); err != nil {
			return nil, fmt.Errorf("handlers.RPC[%q]: %w", path, err)
		}
		mux.Handle(path, h.RPC[path])
	}
	return mux, nil
}

// checkRPC takes literal paths only: two that differ never get in each other's way.
func (h Handlers) checkRPC(path string) error {
	switch {
	case isNil(h.RPC[path]):
		return errors.New("wanted a handler, got nil. Set it, or leave it out")
	case !strings.HasPrefix(path, "/"):
		return fmt.Errorf("wanted a path that begins with /, got %q. Use the one that the handler's constructor returns", path)
	case strings.ContainsAny(path, " \t{%"):
		return fmt.Errorf("wanted a path without blanks, { and %%, got %q. Patterns belong into a mux of handlers.HTTP", path)
	case path == "/" && h.HTTP != nil:
		return fmt.Errorf("wanted another path than that of handlers.HTTP, got %q. Leave one of them out", path)
	}
	return nil
}

func isNil(h http.Handler) bool {
	f, ok := h.(http.HandlerFunc)
	return h == nil || ok && f == nil
}

// publishTo is Setup.Publish.
func publishTo(publisher queue.Publisher, t tracing.Tracer, to tracing.Destination) publishing {
	return func(ctx context.Context, id string, payload any, options ...queue.Option) error {
		if publisher == nil {
			return ErrNoPublish
		}
		task, err := queue.NewTask(id, payload, options...)
		if err != nil {
			return err
		}
		ctx, task, end := t.Publish(ctx, to, task)
		err = publisher.Publish(ctx, task)
		end(err)
		return err
	}
}

func newSetup(c *contract.ServiceContract, log *slog.Logger, publish publishing) Setup {
	setup := Setup{
		Name: c.Name, Settings: c.Settings, Log: log, Slots: c.Pool.Slots,
		MaxBodyBytes: int64(c.Request.MaxBodyBytes), Publish: publish,
	}
	if folders := c.Folders; folders != nil {
		if folders.Input != nil {
			setup.Input = *folders.Input
		}
		if folders.Output != nil {
			setup.Output = *folders.Output
		}
	}
	return setup
}
