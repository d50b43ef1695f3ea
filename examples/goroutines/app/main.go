// Command my-app adds up squares with goroutines, on request and in two ways: GET /channel?n=100 has a
// producer that closes a channel and consumers that range over it, GET /pool?n=100 the bounded pool.
//
// Variable: WORKERS, how many goroutines work at the same time (default 2).
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

const (
	address        = ":8080"
	defaultWorkers = 2
	// Endpoints still name the pod for a while after SIGTERM, so it goes on serving.
	lameDuck = 5 * time.Second
	drain    = 20 * time.Second
)

func main() {
	if err := run(); err != nil {
		slog.Error("my-app ends", "error", err)
		os.Exit(1)
	}
}

func run() error {
	workers, err := readWorkers(os.Getenv("WORKERS"))
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	return serve(ctx, listener, workers, lameDuck)
}

// serve answers until ctx ends, then what is under way, and returns when no goroutine of it is left.
func serve(ctx context.Context, listener net.Listener, workers int, lameDuck time.Duration) error {
	a, err := newApp(workers)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: a.handler(ctx), ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	slog.Info("my-app serves", "address", listener.Addr(), "workers", workers)
	select {
	case err = <-failed:
	case <-ctx.Done():
		time.Sleep(lameDuck)
	}
	// ctx has ended, and what is under way may still come to its own end.
	draining, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	err = errors.Join(err, server.Shutdown(draining))
	drainPool(draining, a.pool)
	return err
}

func readWorkers(text string) (int, error) {
	if text == "" {
		return defaultWorkers, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("WORKERS: wanted a number of 1 or more, got %q", text)
	}
	return n, nil
}
