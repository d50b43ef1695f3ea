package pod

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"
)

// What one client may hold of the worker. A connection takes some 14 KiB, and the intake's body
// comes on top; without bounds, slow clients could use up the memory that the tasks are in.
const (
	// HeaderTimeout ends connections that send no request.
	HeaderTimeout = 10 * time.Second
	// ReadTimeout is for a whole request, its body included.
	ReadTimeout = 10 * time.Second
	// WriteTimeout is for the body and the answer, counted from the end of the header, so it is
	// more than ReadTimeout: a body that comes too slowly still gets its answer.
	WriteTimeout = 30 * time.Second
	// IdleTimeout is how long a connection is kept between two requests.
	IdleTimeout = 30 * time.Second
	// MaxHeaderBytes bounds a request's header; net/http allows 4 KiB more.
	MaxHeaderBytes = 16 << 10
	// MaxConnections bounds the connections of one port, some 2 MiB. Others wait to be accepted.
	MaxConnections = 128
)

// Server is one HTTP port.
type Server struct {
	// Address is where it listens, with the port that was taken for 0.
	Address string

	http *http.Server
	done chan struct{}
}

// Listener opens a port; net.Listen, or what a test replaces it by.
type Listener func(network, address string) (net.Listener, error)

// Serve listens on a port of host (empty: all addresses) for small requests, bounded as the
// constants say, and serves until Stop.
func Serve(listen Listener, host *string, port int, h http.Handler, log *slog.Logger) (*Server, error) {
	return ServeWith(listen, host, port, MaxConnections, &http.Server{
		Handler: h, MaxHeaderBytes: MaxHeaderBytes,
		ReadHeaderTimeout: HeaderTimeout, ReadTimeout: ReadTimeout,
		WriteTimeout: WriteTimeout, IdleTimeout: IdleTimeout,
	}, log)
}

// ServeWith is Serve with bounds of the caller's own.
func ServeWith(listen Listener, host *string, port, connections int, server *http.Server, log *slog.Logger) (*Server, error) {
	name := ""
	if host != nil {
		name = *host
	}
	address := net.JoinHostPort(name, strconv.Itoa(port))
	listener, err := listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	listener = boundConnections(listener, connections)
	server.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelWarn)
	s := &Server{http: server, Address: listener.Addr().String(), done: make(chan struct{})}
	go func() {
		defer close(s.done)
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("http server failed", "address", s.Address, "error", err)
		}
	}()
	return s, nil
}

// Stop lets requests end until ctx does. late says that some had not.
func (s *Server) Stop(ctx context.Context) (late bool) {
	if err := s.http.Shutdown(ctx); err != nil {
		late = true
		_ = s.http.Close()
	}
	<-s.done
	return late
}
