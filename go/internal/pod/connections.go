package pod

import (
	"net"
	"sync"
)

// boundedListener accepts a connection only while fewer than a number of them are open.
type boundedListener struct {
	net.Listener
	open   chan struct{} // one element for each open connection
	closed chan struct{}
	once   sync.Once
}

// boundConnections makes Accept of l wait while max of its connections are open. Close ends
// the waiting.
func boundConnections(l net.Listener, max int) net.Listener {
	return &boundedListener{Listener: l, open: make(chan struct{}, max), closed: make(chan struct{})}
}

func (l *boundedListener) Accept() (net.Conn, error) {
	select {
	case l.open <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	conn, err := l.Listener.Accept()
	if err != nil {
		<-l.open
		return nil, err
	}
	return &boundedConn{Conn: conn, release: sync.OnceFunc(func() { <-l.open })}, nil
}

func (l *boundedListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// boundedConn makes room for another connection when it is closed.
type boundedConn struct {
	net.Conn
	release func()
}

func (c *boundedConn) Close() error {
	defer c.release()
	return c.Conn.Close()
}
