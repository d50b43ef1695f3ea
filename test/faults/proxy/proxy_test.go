package proxy

import (
	"io"
	"net"
	"testing"
	"time"
)

// line is a client of an echo server behind a proxy.
func line(t *testing.T) (*Proxy, net.Conn) {
	t.Helper()
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	go func() {
		for {
			conn, err := server.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_, _ = io.Copy(conn, conn)
			}()
		}
	}()
	p, err := Start("127.0.0.1", server.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	client, err := net.Dial("tcp", p.Address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return p, client
}

func send(t *testing.T, conn net.Conn) {
	t.Helper()
	if _, err := conn.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
}

// answered waits so long for one byte.
func answered(t *testing.T, conn net.Conn, wait time.Duration) bool {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(wait)); err != nil {
		t.Fatal(err)
	}
	n, _ := conn.Read(make([]byte, 1))
	return n == 1
}

const (
	moment = 50 * time.Millisecond
	enough = 10 * time.Second
)

func TestHeldBytesComeWhenTheLineHeals(t *testing.T) {
	for name, held := range map[string][]Direction{"to the server": {ToServer}, "to the client": {ToClient}, "both": {ToServer, ToClient}} {
		t.Run(name, func(t *testing.T) {
			p, client := line(t)
			send(t, client)
			if !answered(t, client, enough) {
				t.Fatal("no answer through a line that is whole")
			}
			p.Hold(held...)
			send(t, client)
			if answered(t, client, moment) {
				t.Fatal("an answer through a line that is held")
			}
			p.Heal()
			if !answered(t, client, enough) {
				t.Fatal("no answer through a line that is whole again")
			}
		})
	}
}

func TestDelayIsInBothDirections(t *testing.T) {
	p, client := line(t)
	p.Delay(moment)
	began := time.Now()
	send(t, client)
	if !answered(t, client, enough) || time.Since(began) < 2*moment {
		t.Fatalf("answered after %v", time.Since(began))
	}
}

func TestResetEndsConnectionsAndTakesNewOnes(t *testing.T) {
	p, client := line(t)
	send(t, client)
	if !answered(t, client, enough) {
		t.Fatal("no answer")
	}
	p.Reset()
	if answered(t, client, enough) {
		t.Fatal("an answer through a connection that was reset")
	}
	again, err := net.Dial("tcp", p.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	send(t, again)
	if !answered(t, again, enough) {
		t.Fatal("no answer on a new connection")
	}
}
