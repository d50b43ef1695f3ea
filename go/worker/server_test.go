package worker

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"capstan/contract"
	"capstan/internal/pod"
)

// intakeRig is an endless worker with an intake on port 8080.
func intakeRig(t *testing.T) *rig {
	config := endless(testConfig(t, 0))
	port := 8080
	config.Http.IntakePort = &port
	r := newRig(t, config, func(context.Context, Task[int]) error { return nil }).start()
	synctest.Wait()
	return r
}

// connect opens a connection to the intake and sends the beginning of a request.
func (r *rig) connect(beginning string) net.Conn {
	r.Helper()
	conn, err := r.ports[":8080"].dial(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	if err := conn.SetDeadline(time.Now().Add(time.Hour)); err != nil { // fail rather than wait for ever
		r.Fatal(err)
	}
	if _, err := io.WriteString(conn, beginning); err != nil {
		r.Fatal(err)
	}
	return conn
}

const halfARequest = "POST /tasks HTTP/1.1\r\nHost: worker\r\nContent-Length: 8\r\n\r\n12"

func TestIntakeFailsABodyThatComesTooSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := intakeRig(t)
		began := time.Now()
		conn := r.connect(halfARequest)
		answers := bufio.NewReader(conn)
		answer, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); answer.StatusCode != http.StatusRequestTimeout || took != pod.ReadTimeout {
			t.Fatalf("answered %d after %v, want 408 after %v", answer.StatusCode, took, pod.ReadTimeout)
		}
		if _, err := io.Copy(io.Discard, answer.Body); err != nil {
			t.Fatal(err)
		}
		if _, err := answers.ReadByte(); err != io.EOF {
			t.Fatalf("the connection is still open: %v", err)
		}
		r.term()
		r.wait()
	})
}

func TestIntakeFailsAHeaderThatIsTooLarge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := intakeRig(t)
		if status, _ := r.request("POST", ":8080", "/tasks?id="+strings.Repeat("x", pod.MaxHeaderBytes/2), "1"); status != 202 {
			t.Fatalf("half of the header's bound answered %d", status)
		}
		conn := r.connect("")
		go func() {
			_, _ = io.WriteString(conn, "POST /tasks HTTP/1.1\r\nX: "+strings.Repeat("x", 2*pod.MaxHeaderBytes))
		}()
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || answer.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Fatalf("answered %v, %v, want 431", answer, err)
		}
		conn.Close()
		r.term()
		r.wait()
	})
}

func TestIntakeFailsAQueryInWhichAnIDWouldBeLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := intakeRig(t)
		for query, want := range map[string]string{
			"id=a;b": "semicolon", "id=%zz": `"%zz"`, "id=50%": `"%"`, "x=%zz&id=a": `"%zz"`,
		} {
			status, text := r.request("POST", ":8080", "/tasks?"+query, "1")
			if status != 400 || !strings.Contains(text, want) || strings.Count(text, "\n") != 1 {
				t.Errorf("%s answered %d, %q; want 400 and a line with %s", query, status, text, want)
			}
		}
		for _, query := range []string{"", "id=a%3Bb", "id=50%25", "x=1&id=ok"} {
			if status, text := r.request("POST", ":8080", "/tasks?"+query, "1"); status != 202 {
				t.Errorf("%s answered %d, %q", query, status, text)
			}
		}
		r.term()
		r.wait()
		r.counts(contract.Tasks{Done: 4})
	})
}

func TestIntakeBoundsItsConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := intakeRig(t)
		for range pod.MaxConnections {
			conn := r.connect(halfARequest)
			defer conn.Close()
			go func() { _, _ = io.Copy(io.Discard, conn) }()
		}
		ctx, cancel := context.WithTimeout(t.Context(), pod.ReadTimeout/2)
		defer cancel()
		if _, err := r.ports[":8080"].dial(ctx); err == nil {
			t.Fatalf("connection %d was accepted", pod.MaxConnections+1)
		}
		if status, _ := r.get("/healthz"); status != 200 {
			t.Fatalf("the probe answered %d", status)
		}
		if status := r.post("1"); status != 202 { // as soon as the slow ones have been cut
			t.Fatalf("answered %d", status)
		}
		r.term()
		r.wait()
	})
}

func TestWorkerStopsWhileConnectionsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := intakeRig(t)
		for range pod.MaxConnections {
			conn := r.connect(halfARequest)
			defer conn.Close()
			go func() { _, _ = io.Copy(io.Discard, conn) }()
		}
		r.term()
		began := time.Now()
		r.wait()
		if took := time.Since(began); took > pod.ReadTimeout {
			t.Fatalf("stopped after %v", took)
		}
	})
}
