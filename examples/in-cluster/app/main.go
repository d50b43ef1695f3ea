// Command in-cluster creates a Pod, a Service and a Deployment in its own namespace by server-side apply, lists them,
// and watches them until they are ready.
//
// In a cluster it uses the token of its pod; with KUBECONFIG, that file and the namespace of its current context.
// CREATOR_DEADLINE says how long it waits for all of it (default 2m).
//
// It ends with 0 when all three are ready, with 1 when something failed or is not ready in time, and with 2 when its
// input is wrong or it lacks a right, which it names: it asks for all rights before it changes anything.
package main

import (
	"context"
	"errors"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"
)

const (
	done   = 0
	failed = 1
	wrong  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run does all of it, and gives the exit code.
func run(ctx context.Context, variable func(string) string, out, complaints io.Writer) int {
	err := connectAndCreate(ctx, variable, log.New(out, "", 0))
	if err != nil {
		log.New(complaints, "", 0).Print(err)
	}
	return exitCode(err)
}

func connectAndCreate(ctx context.Context, variable func(string) string, out *log.Logger) error {
	s, err := readSettings(variable)
	if err != nil {
		return err
	}
	client, namespace, err := connect(s)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.deadline)
	defer cancel()
	return create(ctx, client, namespace, out)
}

func exitCode(err error) int {
	var input *inputError
	var denied *deniedError
	switch {
	case err == nil:
		return done
	case errors.As(err, &input), errors.As(err, &denied):
		return wrong
	default:
		return failed
	}
}
