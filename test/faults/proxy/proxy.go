// Package proxy stands between a client and a server on loopback, and does to their TCP connections
// what networks do: it holds back one or both directions, delays them, and resets them.
//
// TCP loses no bytes while a connection lives: packets that a network drops are sent again, so that
// to the programs at both ends a loss is a silence. That is what holding does; what was held comes
// through afterwards, as what was sent again does.
package proxy

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// Direction is that of bytes.
type Direction int

const (
	// ToServer is from the client.
	ToServer Direction = iota
	// ToClient is from the server.
	ToClient
)

// Proxy forwards connections to one server.
type Proxy struct {
	// Address is where it listens: host:port.
	Address string

	target   string
	listener net.Listener
	running  sync.WaitGroup

	mu      sync.Mutex
	changed chan struct{} // closed when held or delay changes, or the proxy ends
	held    [2]bool
	delay   time.Duration
	ended   bool
	open    map[*net.TCPConn]struct{}
}

// Start listens on a free port of host and forwards to target, host:port.
func Start(host, target string) (*Proxy, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	p := &Proxy{
		Address: listener.Addr().String(), target: target, listener: listener,
		changed: make(chan struct{}), open: make(map[*net.TCPConn]struct{}),
	}
	p.running.Go(p.accept)
	return p, nil
}

// Hold keeps back what goes in these directions, until [Proxy.Heal]. New connections are taken, and
// meet the same silence.
func (p *Proxy) Hold(directions ...Direction) {
	p.change(func() {
		for _, d := range directions {
			p.held[d] = true
		}
	})
}

// Delay makes every piece of what goes in either direction late by d.
func (p *Proxy) Delay(d time.Duration) { p.change(func() { p.delay = d }) }

// Heal ends Hold and Delay.
func (p *Proxy) Heal() { p.change(func() { p.held, p.delay = [2]bool{}, 0 }) }

// Reset ends all connections as a lost route does: with RST, and with what is on its way.
func (p *Proxy) Reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for conn := range p.open {
		_ = conn.SetLinger(0)
		_ = conn.Close()
	}
}

// Close ends the proxy and returns when nothing of it runs.
func (p *Proxy) Close() {
	p.change(func() { p.ended = true })
	_ = p.listener.Close()
	p.Reset()
	p.running.Wait()
}

func (p *Proxy) change(what func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	what()
	close(p.changed)
	p.changed = make(chan struct{})
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.running.Go(func() { p.forward(client.(*net.TCPConn)) })
	}
}

func (p *Proxy) forward(client *net.TCPConn) {
	defer client.Close()
	if !p.keep(client) {
		return
	}
	defer p.forget(client)
	dialled, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	server := dialled.(*net.TCPConn)
	defer server.Close()
	if !p.keep(server) {
		return
	}
	defer p.forget(server)
	var both sync.WaitGroup
	both.Go(func() { p.copy(server, client, ToServer) })
	both.Go(func() { p.copy(client, server, ToClient) })
	both.Wait()
}

func (p *Proxy) keep(conn *net.TCPConn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return false
	}
	p.open[conn] = struct{}{}
	return true
}

func (p *Proxy) forget(conn *net.TCPConn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, conn)
}

// copy moves bytes until one end is gone, and then takes the other with it.
func (p *Proxy) copy(to, from *net.TCPConn, d Direction) {
	defer to.Close()
	defer from.Close()
	pieces := make(chan piece, 1024)
	p.running.Go(func() {
		defer close(pieces)
		read(from, pieces)
	})
	for it := range pieces {
		if p.pass(d, it.at) != nil {
			_ = from.Close()
			continue
		}
		if _, err := to.Write(it.bytes); err != nil {
			_ = from.Close()
		}
	}
}

type piece struct {
	bytes []byte
	at    time.Time
}

func read(from *net.TCPConn, pieces chan<- piece) {
	for {
		buffer := make([]byte, 32<<10)
		n, err := from.Read(buffer)
		if n > 0 {
			pieces <- piece{buffer[:n], time.Now()}
		}
		if err != nil {
			return
		}
	}
}

var errEnded = errors.New("proxy has ended")

// pass blocks as long as a piece that came at this time is held or late.
func (p *Proxy) pass(d Direction, at time.Time) error {
	for {
		p.mu.Lock()
		held, wait, changed, ended := p.held[d], time.Until(at.Add(p.delay)), p.changed, p.ended
		p.mu.Unlock()
		switch {
		case ended:
			return errEnded
		case !held && wait <= 0:
			return nil
		}
		var late <-chan time.Time
		if !held {
			timer := time.NewTimer(wait)
			defer timer.Stop()
			late = timer.C
		}
		select {
		case <-changed:
		case <-late:
		}
	}
}
