package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"capstan/contract"
)

// headerTimeout ends connections that send no request.
const headerTimeout = 10 * time.Second

// server is one HTTP port.
type server struct {
	http    *http.Server
	address string
	done    chan struct{}
}

// serve listens on port of the contract's host and serves until stop.
func serve(listen func(network, address string) (net.Listener, error), c contract.Http, port int, h http.Handler, log *slog.Logger) (*server, error) {
	address := net.JoinHostPort(valueOf(c.Host), strconv.Itoa(port))
	listener, err := listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	s := &server{
		http: &http.Server{
			Handler: h, ReadHeaderTimeout: headerTimeout,
			ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		},
		address: listener.Addr().String(),
		done:    make(chan struct{}),
	}
	go func() {
		defer close(s.done)
		if err := s.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("http server failed", "address", s.address, "error", err)
		}
	}()
	return s, nil
}

// stop lets requests end until ctx does.
func (s *server) stop(ctx context.Context) {
	if err := s.http.Shutdown(ctx); err != nil {
		_ = s.http.Close()
	}
	<-s.done
}
