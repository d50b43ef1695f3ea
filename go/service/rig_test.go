package service

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"capstan/contract"
	"capstan/queue/driver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func testConfig(t testing.TB) *contract.ServiceContract {
	t.Helper()
	config, err := contract.ParseService([]byte(`{
		"contract": 1, "name": "upload", "pool": {"slots": 2}, "queue": {"length": 3, "maxWaitSeconds": 5},
		"request": {"maxSeconds": 10, "maxBodyBytes": 1000}, "protocols": ["http", "grpc", "grpcWeb"],
		"http": {"port": 8080, "metricsPort": 9090, "host": "127.0.0.1"},
		"shutdown": {"lameDuckSeconds": 0, "drainSeconds": 10, "flushSeconds": 2}
	}`))
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// rig is a service under test on free ports of this machine.
type rig struct {
	*testing.T
	config  *contract.ServiceContract
	build   func(Setup) (Handlers, error)
	drivers []driver.Driver
	signals chan os.Signal
	log     *logBuffer
	mu      sync.Mutex
	ports   map[string]string // listening address by that of the contract
	ended   chan struct{}
	report  Report
	err     error
	client  *http.Client
}

func newRig(t *testing.T, handler http.HandlerFunc) *rig {
	r := &rig{
		T: t, config: testConfig(t), signals: make(chan os.Signal, 2), log: new(logBuffer),
		ports: make(map[string]string), ended: make(chan struct{}),
		client: &http.Client{Transport: new(http.Transport)},
	}
	r.build = func(Setup) (Handlers, error) { return Handlers{HTTP: handler}, nil }
	t.Cleanup(r.client.CloseIdleConnections)
	return r
}

// start serves in the background, and returns once it is ready.
func (r *rig) start() *rig {
	r.Helper()
	go func() {
		defer close(r.ended)
		r.report, r.err = Run(context.Background(), r.config, r.build, Options{
			Signals: r.signals, Drivers: r.drivers, Listen: r.listen,
			Log: slog.New(slog.NewJSONHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		})
	}()
	r.Cleanup(func() {
		r.term()
		r.client.CloseIdleConnections()
		<-r.ended
	})
	for !r.log.has(`"msg":"ready"`) {
		select {
		case <-r.ended:
			return r
		case <-time.After(time.Millisecond):
		}
	}
	return r
}

func (r *rig) term() {
	select {
	case r.signals <- syscall.SIGTERM:
	default:
	}
}

func (r *rig) wait() Report {
	<-r.ended
	return r.report
}

func (r *rig) listen(network, address string) (net.Listener, error) {
	listener, err := net.Listen(network, "127.0.0.1:0")
	if err == nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.ports[address] = listener.Addr().String()
	}
	return listener, err
}

func (r *rig) url(port int) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return "http://" + r.ports["127.0.0.1:"+strconv.Itoa(port)]
}

// call makes a request; status 0 means that there was no answer.
func (r *rig) call(method, path string, body io.Reader) (status int, header http.Header, text string) {
	request, err := http.NewRequest(method, r.url(8080)+path, body)
	if err != nil {
		r.Error(err)
		return 0, nil, ""
	}
	return r.do(request)
}

func (r *rig) do(request *http.Request) (status int, header http.Header, text string) {
	response, err := r.client.Do(request)
	if err != nil {
		return 0, nil, err.Error()
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, nil, err.Error()
	}
	return response.StatusCode, response.Header, string(content)
}

func (r *rig) probe(path string) (int, string) {
	request, err := http.NewRequest("GET", r.url(9090)+path, nil)
	if err != nil {
		r.Fatal(err)
	}
	status, _, text := r.do(request)
	return status, text
}

// metric is the value of a series, without its label `service`.
func (r *rig) metric(series string) float64 {
	r.Helper()
	_, text := r.probe("/metrics")
	name, labels, _ := strings.Cut(strings.TrimSuffix(series, "}"), "{")
	all := `service="upload"`
	if labels != "" {
		all = labels + "," + all
	}
	found := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name+"{"+all+"}") + ` (\S+)$`).FindStringSubmatch(text)
	if found == nil {
		r.Fatalf("no %s in\n%s", series, text)
	}
	value, err := strconv.ParseFloat(found[1], 64)
	if err != nil {
		r.Fatal(err)
	}
	return value
}

// until waits for what other goroutines bring about.
func (r *rig) until(what string, is func() bool) {
	r.Helper()
	for deadline := time.Now().Add(10 * time.Second); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			r.Fatalf("not in time: %s", what)
		}
	}
}

type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) has(text string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Contains(b.text.String(), text)
}
