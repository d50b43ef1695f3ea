package program

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if os.Getenv(isExample) != "" {
		Main("tail", tail)
	}
	goleak.VerifyTestMain(m)
}

type ended struct {
	code int
	err  error
}

// start runs a program in the background; the address is that of its port.
func start(t *testing.T, run func(context.Context, Setup) error) (address string, signals chan os.Signal, end chan ended) {
	t.Helper()
	signals, end = make(chan os.Signal, 2), make(chan ended, 1)
	listening := make(chan string, 1)
	o := options{signals: signals, log: slog.New(slog.DiscardHandler), listen: func(network, _ string) (net.Listener, error) {
		listener, err := net.Listen(network, "127.0.0.1:0")
		if err == nil {
			listening <- listener.Addr().String()
		}
		return listener, err
	}}
	go func() {
		code, err := execute("tail", run, o)
		end <- ended{code, err}
	}()
	return <-listening, signals, end
}

func get(t *testing.T, address, path string) (int, string) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get("http://" + address + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func TestAProgramIsReadyWhenItSaysSoAndEndsOnASignal(t *testing.T) {
	begin, ready := make(chan struct{}), make(chan struct{})
	address, signals, end := start(t, func(ctx context.Context, setup Setup) error {
		<-begin
		lines := prometheus.NewCounter(prometheus.CounterOpts{Name: "lines_total"})
		setup.Metrics.MustRegister(lines)
		lines.Inc()
		setup.Ready()
		close(ready)
		<-ctx.Done()
		return nil
	})
	for path, want := range map[string]int{"/startupz": 503, "/readyz": 503, "/healthz": 200} {
		if status, _ := get(t, address, path); status != want {
			t.Errorf("before: %s is %d", path, status)
		}
	}
	close(begin)
	<-ready
	for _, path := range []string{"/startupz", "/readyz", "/healthz"} {
		if status, _ := get(t, address, path); status != 200 {
			t.Errorf("after: %s is %d", path, status)
		}
	}
	if _, text := get(t, address, "/metrics"); !strings.Contains(text, "lines_total 1") || !strings.Contains(text, "go_goroutines") {
		t.Errorf("metrics:\n%s", text)
	}
	signals <- syscall.SIGTERM
	if got := <-end; got != (ended{0, nil}) {
		t.Errorf("ended with %+v", got)
	}
}

func TestAProgramThatFailsOrIsToldTwiceSaysSo(t *testing.T) {
	_, _, end := start(t, func(context.Context, Setup) error { return errors.New("no folder") })
	if got := <-end; got.code != 1 || got.err.Error() != "tail: no folder" {
		t.Errorf("ended with %+v", got)
	}
	release := make(chan struct{})
	defer close(release)
	_, signals, end := start(t, func(context.Context, Setup) error { <-release; return nil })
	signals <- syscall.SIGTERM
	signals <- syscall.SIGTERM
	if got := <-end; got.code != 4 {
		t.Errorf("ended with %+v", got)
	}
}
