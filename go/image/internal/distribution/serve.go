package distribution

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"

	"capstan/image/internal/mistake"
)

// shutdownTime is how long requests under way may take after the end was asked for.
const shutdownTime = 5 * time.Second

// Serve runs a registry that keeps everything in memory, over plain http, on a loopback address such as 127.0.0.1:0,
// until ctx ends. It tells the address, host:port, as soon as it answers there.
func Serve(ctx context.Context, address string, tell func(address string) error) error {
	if !isLoopback(address) {
		return mistake.New("listen must be a loopback address such as 127.0.0.1:0, got %s", address)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("registry: %w", err)
	}
	server := &http.Server{
		Handler:           registry.New(registry.Logger(log.New(io.Discard, "", 0))),
		ReadHeaderTimeout: 10 * time.Second,
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	if err := tell(listener.Addr().String()); err != nil {
		return errors.Join(err, server.Close())
	}
	select {
	case err := <-ended:
		return fmt.Errorf("registry: %w", err)
	case <-ctx.Done():
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	if err := server.Shutdown(closing); err != nil {
		return fmt.Errorf("registry: %w", err)
	}
	return nil
}
