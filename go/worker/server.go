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

// What one client may hold of the worker. A connection takes some 14 KiB, and the intake's body
// comes on top; without bounds, slow clients could use up the memory that the tasks are in.
const (
	// headerTimeout ends connections that send no request.
	headerTimeout = 10 * time.Second
	// readTimeout is for a whole request, its body included.
	readTimeout = 10 * time.Second
	// writeTimeout is for the body and the answer, counted from the end of the header, so it is
	// more than readTimeout: a body that comes too slowly still gets its answer.
	writeTimeout = 30 * time.Second
	// idleTimeout is how long a connection is kept between two requests.
	idleTimeout = 30 * time.Second
	// maxHeaderBytes bounds a request's header; net/http allows 4 KiB more.
	maxHeaderBytes = 16 << 10
	// maxConnections bounds the connections of one port, some 2 MiB. Others wait to be accepted.
	maxConnections = 128
)

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
	listener = boundConnections(listener, maxConnections)
	s := &server{
		http: &http.Server{
			Handler: h, MaxHeaderBytes: maxHeaderBytes,
			ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout,
			WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
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
