package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// order is what a child process is told to do.
type order struct {
	Contender string
	Place     place
	// Role is prepare, enqueue, pace or consume.
	Role string
	// First is the number of the first task, Tasks how many there are.
	First, Tasks int
	Slots        int
	Work         time.Duration
	// PerSecond is the rate of pace.
	PerSecond float64
	// Ledger is the file that the number of each task is written to when it is done. Empty: none.
	Ledger string
	// Idle ends consume when nothing was done for this long. 0: when Tasks are done.
	Idle time.Duration
}

// outcome is what a child measured.
type outcome struct {
	Tasks int
	// Seconds from the first start of a task to the last end.
	Seconds float64
	// StopSeconds is how long it took to stop, from the last end or the signal.
	StopSeconds float64
	// CPUSeconds of the process in Seconds.
	CPUSeconds float64
	// PeakMemory of the process, in bytes.
	PeakMemory int64
	// Waits are the times from when tasks were due to when they were started, of pace.
	P50, P99 float64
	// Peak is the most tasks that ran at once.
	Peak int
}

func runChild(args []string) {
	flags := flag.NewFlagSet("child", flag.ExitOnError)
	text := flags.String("order", "", "JSON")
	_ = flags.Parse(args)
	var o order
	if err := json.Unmarshal([]byte(*text), &o); err != nil {
		fail(err)
	}
	c, found := contenderNamed(o.Contender)
	if !found {
		fail(fmt.Errorf("no contender %q", o.Contender))
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer cancel()
	stopProfile := profile(o.Role)
	out, err := o.run(ctx, c)
	stopProfile()
	if err != nil {
		fail(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		fail(err)
	}
}

// profileVariable names a file for the CPU profile of what consumes.
const profileVariable = "BENCH_PROFILE"

func profile(role string) (stop func()) {
	name := os.Getenv(profileVariable)
	if name == "" || role != "consume" {
		return func() {}
	}
	file, err := os.Create(name)
	if err != nil {
		fail(err)
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		fail(err)
	}
	return func() {
		pprof.StopCPUProfile()
		_ = file.Close()
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "child:", err)
	os.Exit(1)
}

func (o order) run(ctx context.Context, c contender) (outcome, error) {
	switch o.Role {
	case "prepare":
		return outcome{}, c.prepare(ctx, o.Place)
	case "enqueue":
		return outcome{}, o.enqueue(ctx, c)
	case "pace":
		return outcome{}, o.pace(ctx, c)
	default:
		return o.consume(ctx, c)
	}
}

// payloadOf is a task of 256 bytes: its number and when it is due.
func payloadOf(number int, due time.Time) []byte {
	text := fmt.Appendf(nil, `{"number":%d,"due":%d,"filler":"`, number, due.UnixNano())
	for len(text) < 254 {
		text = append(text, 'x')
	}
	return append(text, '"', '}')
}

// task is what a payload says.
type task struct {
	Number int   `json:"number"`
	Due    int64 `json:"due"`
}

func decoded(payload []byte) (t task) {
	if err := json.Unmarshal(payload, &t); err != nil {
		fail(fmt.Errorf("a payload that nobody sent: %w", err))
	}
	return t
}

const enqueuedAtOnce = 5000

func (o order) enqueue(ctx context.Context, c contender) error {
	for done := 0; done < o.Tasks; {
		n := min(enqueuedAtOnce, o.Tasks-done)
		payloads := make([][]byte, n)
		for i := range payloads {
			payloads[i] = payloadOf(o.First+done+i, time.Now())
		}
		if err := c.enqueue(ctx, o.Place, payloads); err != nil {
			return err
		}
		done += n
	}
	return nil
}

// pace adds tasks at a rate, in small groups; what is late is due when it was due.
func (o order) pace(ctx context.Context, c contender) error {
	const tick = 10 * time.Millisecond
	began := time.Now()
	for added := 0; added < o.Tasks; {
		var group [][]byte
		for ; added < o.Tasks; added++ {
			due := began.Add(time.Duration(float64(added) / o.PerSecond * float64(time.Second)))
			if due.After(time.Now()) {
				break
			}
			group = append(group, payloadOf(o.First+added, due))
		}
		if len(group) == 0 {
			time.Sleep(tick / 10)
			continue
		}
		if err := c.enqueue(ctx, o.Place, group); err != nil {
			return err
		}
	}
	return nil
}

// meter sees every task that a contender runs.
type meter struct {
	order
	ledger *os.File

	running, peak atomic.Int64
	done          atomic.Int64
	first, last   atomic.Int64 // UnixNano
	cpuAtFirst    atomic.Int64
	finished      chan struct{} // closed when all are done

	mu    sync.Mutex
	waits []time.Duration
}

func (o order) consume(ctx context.Context, c contender) (outcome, error) {
	m := &meter{order: o, finished: make(chan struct{})}
	if o.Ledger != "" {
		file, err := os.OpenFile(o.Ledger, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			return outcome{}, err
		}
		defer func() { _ = file.Close() }()
		m.ledger = file
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stopped := make(chan error, 1)
	go func() { stopped <- c.consume(ctx, o.Place, o.Slots, m.handle) }()
	select {
	case <-m.finished:
	case <-m.idle():
	case <-ctx.Done():
	case err := <-stopped:
		return m.outcome(0, 0), err
	}
	cpu := cpuTime()
	asked := time.Now()
	cancel()
	err := <-stopped
	return m.outcome(time.Since(asked), cpu), err
}

// idle is told when nothing was done for a while.
func (m *meter) idle() <-chan struct{} {
	if m.Idle == 0 {
		return nil
	}
	idle := make(chan struct{})
	go func() {
		defer close(idle)
		seen, since := int64(-1), time.Now()
		for time.Since(since) < m.Idle {
			time.Sleep(m.Idle / 20)
			if done := m.done.Load(); done != seen {
				seen, since = done, time.Now()
			}
		}
	}()
	return idle
}

func (m *meter) handle(_ context.Context, t task) {
	now := time.Now()
	if m.first.CompareAndSwap(0, now.UnixNano()) {
		m.cpuAtFirst.Store(int64(cpuTime()))
	}
	running := m.running.Add(1)
	for peak := m.peak.Load(); running > peak && !m.peak.CompareAndSwap(peak, running); {
		peak = m.peak.Load()
	}
	if m.PerSecond > 0 {
		m.mu.Lock()
		m.waits = append(m.waits, now.Sub(time.Unix(0, t.Due)))
		m.mu.Unlock()
	}
	if m.Work > 0 {
		time.Sleep(m.Work)
	}
	if m.ledger != nil {
		if _, err := m.ledger.WriteString(strconv.Itoa(t.Number) + "\n"); err != nil {
			fail(err)
		}
	}
	m.running.Add(-1)
	m.last.Store(time.Now().UnixNano())
	if int(m.done.Add(1)) == m.Tasks && m.Idle == 0 {
		close(m.finished)
	}
}

func (m *meter) outcome(stop time.Duration, cpu time.Duration) outcome {
	out := outcome{
		Tasks: int(m.done.Load()), StopSeconds: stop.Seconds(), PeakMemory: peakMemory(), Peak: int(m.peak.Load()),
		Seconds:    time.Duration(m.last.Load() - m.first.Load()).Seconds(),
		CPUSeconds: (cpu - time.Duration(m.cpuAtFirst.Load())).Seconds(),
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.waits) > 0 {
		slices.Sort(m.waits)
		at := func(q float64) float64 { return m.waits[int(q*float64(len(m.waits)-1))].Seconds() }
		out.P50, out.P99 = at(0.5), at(0.99)
	}
	return out
}

func cpuTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// peakMemory is the most memory that the process has had resident, in bytes. It is not what getrusage says, which counts
// the process that started this one as well, until the program was loaded.
func peakMemory() (bytes int64) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		fail(err)
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	if _, err := fmt.Sscan(after, &bytes); err != nil {
		fail(fmt.Errorf("peak memory of the process: %w", err))
	}
	return bytes << 10
}
