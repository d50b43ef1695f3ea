package faults

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"capstan/contract"
	"capstan/test/faults/agreement"
	"capstan/test/faults/effectlog"
)

// patience is how long a test waits for what has to happen, on a machine that is busy.
const patience = 2 * time.Minute

// killed is the exit code of a process that a signal ended.
const killed = -1

// process is one worker.
type process struct {
	t       *testing.T
	name    string
	command *exec.Cmd
	config  string // files
	log     string
	effects string
	report  string
	grace   time.Duration
	ended   chan struct{}

	mu    sync.Mutex
	told  time.Time // SIGTERM
	gone  time.Time
	force *time.Timer

	isExpected bool // to end as it did
}

// programFolder is where program builds to; empty until then.
var programFolder string

// program builds the worker once.
var program = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "capstan-faults-")
	if err != nil {
		return "", err
	}
	programFolder = folder
	path := filepath.Join(folder, "worker")
	build := exec.Command("go", "build", "-o", path, "./worker")
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // static, for a container without anything else
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the worker: %w\n%s", err, output)
	}
	return path, nil
})

// start starts a worker with this contract and these variables. wrap is what the program is started
// by: its last argument is the program; none: nothing.
func start(t *testing.T, folder, name string, config contract.WorkerContract, wrap []string, environment ...string) *process {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	p := newProcess(t, folder, name, &config)
	arguments := append(slices.Clone(wrap), path)
	p.command = exec.Command(arguments[0], arguments[1:]...)
	p.command.Env = append(append(os.Environ(), p.variables()...), environment...)
	p.run()
	return p
}

// variables say where the process finds its contract and leaves its effects.
func (p *process) variables() []string {
	return []string{"CAPSTAN_CONFIG=" + p.config, variable(agreement.Log, p.effects)}
}

// newProcess writes the contract, with a report in it.
func newProcess(t *testing.T, folder, name string, config *contract.WorkerContract) *process {
	t.Helper()
	file := func(suffix string) string { return filepath.Join(folder, name+suffix) }
	p := &process{
		t: t, name: name, ended: make(chan struct{}),
		config: file(".json"), log: file(".log"), effects: file(".effects"), report: file(".report"),
	}
	budget := config.Shutdown
	p.grace = contract.Seconds(budget.LameDuckSeconds + budget.DrainSeconds + budget.FlushSeconds)
	config.Report = &p.report
	text, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.config, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *process) run() {
	p.t.Helper()
	log, err := os.Create(p.log)
	if err != nil {
		p.t.Fatal(err)
	}
	defer log.Close()
	p.command.Stdout, p.command.Stderr = log, log
	p.command.SysProcAttr = dieWithParent()
	if err := p.command.Start(); err != nil {
		p.t.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		_ = p.command.Wait()
		p.mu.Lock()
		defer p.mu.Unlock()
		p.gone = time.Now()
		if p.force != nil {
			p.force.Stop()
		}
	}()
	p.t.Cleanup(func() {
		_ = p.command.Process.Kill()
		<-p.ended
	})
}

// signal sends a signal; a process that has ended takes none.
func (p *process) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.command.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Fatalf("%s: %v", p.name, err)
	}
}

// terminate tells the process to end, and kills it when its grace is over, as a kubelet does.
func (p *process) terminate() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.told.IsZero() {
		p.told = time.Now()
		p.force = time.AfterFunc(p.grace, func() { _ = p.command.Process.Kill() })
	}
	p.signal(syscall.SIGTERM)
}

// wait returns the exit code.
func (p *process) wait() int {
	p.t.Helper()
	select {
	case <-p.ended:
		return p.command.ProcessState.ExitCode()
	case <-time.After(patience):
		p.t.Fatalf("%s: has not ended in %v\n%s", p.name, patience, p.tail())
		return 0
	}
}

// drained is how long the process took to end, if it was told to.
func (p *process) drained() (d drain, wasTold bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return drain{p.gone.Sub(p.told), p.grace}, !p.told.IsZero()
}

// runs says whether the process has not ended.
func (p *process) runs() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// await returns when the log of the process holds the text.
func (p *process) await(text string) {
	p.t.Helper()
	until(p.t, fmt.Sprintf("%s logs %s", p.name, text), func() bool {
		log, _ := os.ReadFile(p.log)
		if bytes.Contains(log, []byte(text)) {
			return true
		}
		select {
		case <-p.ended:
			p.t.Fatalf("%s: ended before it logged %s\n%s", p.name, text, p.tail())
		default:
		}
		return false
	})
}

// awaitEvents returns when the effect log of the process holds n of these.
func (p *process) awaitEvents(event effectlog.Event, n int) {
	p.t.Helper()
	until(p.t, fmt.Sprintf("%s: %d × %s", p.name, n, event), func() bool { return p.count(event) >= n })
}

func (p *process) count(event effectlog.Event) int {
	n := 0
	for _, r := range p.records() {
		if r.Event == event {
			n++
		}
	}
	return n
}

func (p *process) records() []effectlog.Record {
	p.t.Helper()
	records, err := effectlog.Read(p.effects)
	if err != nil {
		p.t.Fatal(err)
	}
	return records
}

// tail is the end of the process' log.
func (p *process) tail() string {
	const most = 4 << 10
	log, _ := os.ReadFile(p.log)
	return string(log[max(0, len(log)-most):])
}

// until returns when the condition holds.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not in %v: %s", patience, what)
		}
	}
}
