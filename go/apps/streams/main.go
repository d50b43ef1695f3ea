// Command streams creates and updates the streams of a NATS server as they are declared in the
// JSON file that CAPSTAN_CONFIG names (default /etc/capstan/streams.json; its form is
// contract/streams.schema.json). It waits for the server, does what is needed, and ends; a second
// run finds nothing to do. Streams that are not declared are left alone.
//
// A change that would lose messages is refused before anything is changed: another storage, another
// retention, a bound below what the stream holds.
//
// Exit codes: 0 the streams are as declared; 1 the server did not answer in time, or failed; 2 the
// declaration is wrong, or refused.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"capstan/contract"
	broker "capstan/queue/jetstream"
)

const (
	exitDone    = 0
	exitFailed  = 1
	exitRefused = 2

	configVariable = "CAPSTAN_CONFIG"
	defaultConfig  = "/etc/capstan/streams.json"
	defaultWait    = 120 * time.Second
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	path := os.Getenv(configVariable)
	if path == "" {
		path = defaultConfig
	}
	os.Exit(run(ctx, path, os.Stderr))
}

// run does the whole work and returns the exit code. The log goes to out as JSON lines, errors as
// plain ones behind it.
func run(ctx context.Context, path string, out io.Writer) int {
	err := reconcileFile(ctx, path, slog.New(slog.NewJSONHandler(out, nil)))
	if err == nil {
		return exitDone
	}
	fmt.Fprintln(out, err)
	var refusal *refusedError
	if errors.As(err, &refusal) {
		return exitRefused
	}
	return exitFailed
}

func reconcileFile(ctx context.Context, path string, log *slog.Logger) error {
	config, err := contract.LoadStreams(path)
	if err != nil {
		return &refusedError{err}
	}
	access, err := broker.AccessOf(config.Servers, config.Credentials, config.Tls)
	if err != nil {
		return &refusedError{err}
	}
	wait := defaultWait
	if config.WaitSeconds != nil {
		wait = contract.Seconds(*config.WaitSeconds)
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	conn, err := access.Connect(ctx, "capstan-streams "+config.Name, log)
	if err != nil {
		return err
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	return reconcile(ctx, js, config.Streams, log)
}

// refusedError is what a person has to change.
type refusedError struct{ err error }

func (e *refusedError) Error() string { return e.err.Error() }
func (e *refusedError) Unwrap() error { return e.err }
