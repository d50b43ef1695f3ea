package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"capstan/contract"
	"capstan/queue"
	"capstan/queue/driver"
)

func TestMain(m *testing.M) {
	if os.Getenv(photoWorker) != "" {
		runPhotoWorker() // this binary, started by a test as a worker of its own
	}
	goleak.VerifyTestMain(m)
}

// testConfig is a memory worker with simple round figures. Seeds are 0, 1, 2, …
func testConfig(t testing.TB, seeds int) *contract.WorkerContract {
	t.Helper()
	config, err := contract.Parse([]byte(`{
		"contract": 1, "name": "crawl",
		"pool": {"slots": 2},
		"fetch": {"factor": 2, "maxPrefetch": 8},
		"source": {"memory": {"capacity": 1000, "exitWhenIdle": true}},
		"task": {
			"maxSeconds": 10, "ackWaitSeconds": 30, "maxAttempts": 3,
			"backoff": {"initialSeconds": 1, "maxSeconds": 5, "factor": 4, "jitter": 0}
		},
		"shutdown": {"lameDuckSeconds": 0, "drainSeconds": 20, "flushSeconds": 4},
		"http": {"metricsPort": 9090}
	}`))
	if err != nil {
		t.Fatal(err)
	}
	for i := range seeds {
		text, _ := json.Marshal(i)
		config.Source.Memory.Seeds = append(config.Source.Memory.Seeds, string(text))
	}
	return config
}

// rig is a worker under test, with all of the outside world in the test's hands.
type rig struct {
	*testing.T
	config  *contract.WorkerContract
	signals chan os.Signal
	wrap    func(queue.Queue) queue.Queue
	build   func(Setup) (Handler[int], error)
	drivers []driver.Driver
	log     *logBuffer
	level   slog.Level // of the log
	ports   map[string]*pipeListener
	ended   chan struct{}
	report  contract.WorkerReport
	err     error
}

func newRig(t *testing.T, config *contract.WorkerContract, h Handler[int]) *rig {
	return &rig{
		T: t, config: config, build: Stateless(h), log: new(logBuffer), level: slog.LevelDebug,
		signals: make(chan os.Signal, 2), ended: make(chan struct{}), ports: map[string]*pipeListener{
			":9090": newPipeListener(":9090"), ":8080": newPipeListener(":8080"),
		},
	}
}

// start runs the worker in the background.
func (r *rig) start() *rig {
	go func() {
		defer close(r.ended)
		r.report, r.err = Run(r.Context(), r.config, r.build, Options{
			Signals:   r.signals,
			Log:       slog.New(slog.NewJSONHandler(r.log, &slog.HandlerOptions{Level: r.level})),
			Listen:    r.listen,
			Drivers:   r.drivers,
			wrapQueue: r.wrap,
		})
	}()
	return r
}

// run runs the worker to its end.
func (r *rig) run() contract.WorkerReport {
	r.start()
	return r.wait()
}

func (r *rig) wait() contract.WorkerReport {
	<-r.ended
	return r.report
}

func (r *rig) term() { r.signals <- syscall.SIGTERM }

func (r *rig) listen(_, address string) (net.Listener, error) {
	if l, ok := r.ports[address]; ok {
		return l, nil
	}
	return nil, errors.New("address in use")
}

// ends expects how the worker ended.
func (r *rig) ends(reason contract.WorkerReportReason, code int) {
	r.Helper()
	if r.report.Reason != reason || r.report.ExitCode != code {
		r.Fatalf("ended with %s, exit code %d, error %v; want %s, %d", r.report.Reason, r.report.ExitCode, r.err, reason, code)
	}
	if failed := reason == contract.WorkerReportReasonFailed; failed != (r.err != nil) || failed != (r.report.Error != nil) {
		r.Fatalf("reason %s comes with error %v, in the report %v", reason, r.err, r.report.Error)
	}
}

// counts expects the report's counts of what became of tasks; lost has its own.
func (r *rig) counts(want contract.Tasks) {
	r.Helper()
	got := r.report.Tasks
	got.Lost = 0
	if got != want {
		r.Fatalf("tasks %+v, want %+v", got, want)
	}
}

// lost expects that the report and the log count the tasks that end with the process.
func (r *rig) lost(want int) {
	r.Helper()
	lines := r.log.lines(r.T, "tasks in the memory queue are lost with the process")
	if r.report.Tasks.Lost != want || (want > 0) != (len(lines) == 1) {
		r.Fatalf("%d lost tasks, want %d; logged %v", r.report.Tasks.Lost, want, lines)
	}
}

// request sends one HTTP request over the pipe; without a server there it gives status 0.
func (r *rig) request(method, address, path, body string) (status int, text string) {
	r.Helper()
	return r.send(method, address, path, strings.NewReader(body))
}

func (r *rig) send(method, address, path string, body io.Reader) (status int, text string) {
	r.Helper()
	client := http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext:       func(ctx context.Context, _, _ string) (net.Conn, error) { return r.ports[address].dial(ctx) },
	}}
	defer client.CloseIdleConnections()
	request, err := http.NewRequestWithContext(r.Context(), method, "http://worker"+path, body)
	if err != nil {
		r.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		r.Fatal(err)
	}
	return response.StatusCode, string(content)
}

func (r *rig) get(path string) (int, string) {
	r.Helper()
	return r.request("GET", ":9090", path, "")
}

func (r *rig) post(body string) int {
	r.Helper()
	status, _ := r.request("POST", ":8080", "/tasks", body)
	return status
}

// pipeListener is a port made of net.Pipe, which synctest can wait on.
type pipeListener struct {
	address pipeAddress
	conns   chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

type pipeAddress string

func (a pipeAddress) Network() string { return "pipe" }
func (a pipeAddress) String() string  { return string(a) }

func newPipeListener(address string) *pipeListener {
	return &pipeListener{address: pipeAddress(address), conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (l *pipeListener) dial(ctx context.Context) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case l.conns <- there:
		return here, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return l.address }

// logBuffer keeps the worker's log.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(line)
}

// lines are the log's lines with this message, decoded.
func (b *logBuffer) lines(t testing.TB, message string) []map[string]any {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	var found []map[string]any
	for line := range bytes.Lines(b.text.Bytes()) {
		var entry map[string]any
		if err := json.Unmarshal(line, &entry); err != nil {
			t.Fatalf("log line %q: %v", line, err)
		}
		if entry["msg"] == message {
			found = append(found, entry)
		}
	}
	return found
}

// logs waits for a line of the log, by the real clock.
func (r *rig) logs(message string) {
	r.Helper()
	for len(r.log.lines(r.T, message)) == 0 {
		select {
		case <-r.ended:
			r.Fatalf("ended with %+v, %v before it logged %q", r.report, r.err, message)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// journal keeps what happened, in order.
type journal struct {
	mu     sync.Mutex
	events []string
}

func (j *journal) note(event string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.events = append(j.events, event)
}

// sleep sleeps for d or until ctx ends, as a well-behaved handler does.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
