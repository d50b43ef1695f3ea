package service

import (
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// The plan counts this much of the body of each request that waits.
func TestTheWindowOfAStreamIsWhatThePlanCounts(t *testing.T) {
	r := newRig(t, func(http.ResponseWriter, *http.Request) {}).start()
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.url(8080), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	const preface, emptySettings = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\x00\x00\x00\x04\x00\x00\x00\x00\x00"
	if _, err := io.WriteString(conn, preface+emptySettings); err != nil {
		t.Fatal(err)
	}
	if window, want := initialWindow(t, conn), uint32(64*1024); window != want {
		t.Errorf("the window is %d bytes, the plan counts %d", window, want)
	}
}

// initialWindow reads the server's SETTINGS frame, which comes first.
func initialWindow(t *testing.T, conn io.Reader) uint32 {
	t.Helper()
	header := make([]byte, 9)
	if _, err := io.ReadFull(conn, header); err != nil {
		t.Fatal(err)
	}
	const settings, initialWindowSize = 4, 4
	if header[3] != settings {
		t.Fatalf("a frame of type %d came first", header[3])
	}
	payload := make([]byte, int(header[0])<<16|int(header[1])<<8|int(header[2]))
	if _, err := io.ReadFull(conn, payload); err != nil {
		t.Fatal(err)
	}
	for ; len(payload) >= 6; payload = payload[6:] {
		if binary.BigEndian.Uint16(payload) == initialWindowSize {
			return binary.BigEndian.Uint32(payload[2:])
		}
	}
	return 65535 // the protocol's own
}
