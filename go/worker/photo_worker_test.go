package worker

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"capstan/contract"
)

// photoWorker is set in the environment of this test binary where it is to be a worker: one that
// writes an output for every input, and hangs in those that are named there, with commas between,
// until its context ends.
const photoWorker = "CAPSTAN_TEST_PHOTO_WORKER"

type photo struct {
	Path string `json:"path"`
}

func runPhotoWorker() { Main(Stateless(developPhoto)) }

func developPhoto(ctx context.Context, task Task[photo]) error {
	output := filepath.Join(task.Output, task.Payload.Path)
	if _, err := os.Stat(output); err == nil {
		return ErrAlreadyDone
	}
	task.Log.Info("begun", "id", task.ID)
	switch hangs := strings.Split(os.Getenv(photoWorker), ","); {
	case slices.Contains(hangs, task.Payload.Path):
		<-ctx.Done()
		return ctx.Err()
	case task.Payload.Path == "corrupt":
		return Permanent(errors.New("not a photo"))
	}
	return os.WriteFile(output, nil, 0o644)
}

// photoRun is the folder worker as a process of its own, and what it works on.
type photoRun struct {
	*testing.T
	folder string
	hangs  string // the photos that the worker hangs in
}

func newPhotoRun(t *testing.T, photos ...string) photoRun {
	p := photoRun{t, t.TempDir(), "killer"}
	for _, folder := range []string{"in", "out"} {
		p.must(os.Mkdir(p.path(folder), 0o755))
	}
	for _, name := range photos {
		p.must(os.WriteFile(p.path("in/"+name), []byte(name), 0o644))
	}
	config := testConfig(t, 0)
	idle, report, host, level := true, p.path("report.json"), "127.0.0.1", contract.LogLevelDebug
	in, out := p.path("in"), p.path("out")
	config.Source = contract.Source{Folder: &contract.FolderSource{Input: in, State: p.path("state"), ExitWhenIdle: &idle}}
	config.Folders = &contract.Folders{Input: &in, Output: &out}
	config.Http = contract.Http{Host: &host}
	config.Report, config.Log = &report, &contract.Log{Level: &level}
	config.Task.MaxSeconds = 600
	config.Fetch.MaxPrefetch = 0 // a kill meets what the slots hold, and nothing that was fetched ahead
	text, err := json.Marshal(config)
	p.must(err)
	p.must(os.WriteFile(p.path("worker.json"), text, 0o644))
	return p
}

func (p photoRun) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

func (p photoRun) path(name string) string { return filepath.Join(p.folder, filepath.FromSlash(name)) }

// until runs the worker, sends it the signal once its log holds the text (an empty text: never),
// and gives its exit code, or -1 when it was killed, and its log.
func (p photoRun) until(text string, signal syscall.Signal) (code int, log string) {
	p.Helper()
	worker := exec.CommandContext(p.Context(), os.Args[0])
	worker.Env = append(os.Environ(), photoWorker+"="+p.hangs, "CAPSTAN_CONFIG="+p.path("worker.json"))
	output, err := worker.StderrPipe()
	p.must(err)
	p.must(worker.Start())
	lines := json.NewDecoder(output)
	for {
		var line json.RawMessage
		if err := lines.Decode(&line); err != nil {
			break // the process has ended
		}
		log += string(line) + "\n"
		if text != "" && strings.Contains(string(line), text) {
			p.must(worker.Process.Signal(signal))
			text = ""
		}
	}
	var ended *exec.ExitError
	if err := worker.Wait(); err != nil && !errors.As(err, &ended) {
		p.Fatal(err)
	}
	if text != "" {
		p.Fatalf("the log never said %q:\n%s", text, log)
	}
	return worker.ProcessState.ExitCode(), log
}

func (p photoRun) report() contract.WorkerReport {
	p.Helper()
	text, err := os.ReadFile(p.path("report.json"))
	p.must(err)
	var report contract.WorkerReport
	p.must(json.Unmarshal(text, &report))
	return report
}

func TestKilledTwiceTheThirdRunFinishesWithoutTheKiller(t *testing.T) {
	p := newPhotoRun(t, "a", "b", "c", "corrupt", "killer", "late", "x", "y", "z")
	begun := func(id string) string { return `"begun","worker":"crawl","id":"` + id + `"` }

	first := p
	first.hangs = "killer,late" // in both slots: the kill meets these two, and nothing else
	if code, log := first.until(begun("late"), syscall.SIGKILL); code != -1 || strings.Contains(log, begun("x")) {
		t.Fatalf("first run ended with %d, want a kill before x begins\n%s", code, log)
	}
	code, log := p.until(begun("killer"), syscall.SIGKILL)
	before, _, _ := strings.Cut(log, begun("killer"))
	for _, other := range []string{"x", "y", "z"} {
		if _, err := os.Stat(p.path("out/" + other)); err != nil || !strings.Contains(before, begun(other)) {
			t.Fatalf("second run: want %s done before the suspect begins alone (%v)\n%s", other, err, log)
		}
	}
	if code != -1 || strings.Contains(log, begun("late")) {
		t.Fatalf("second run ended with %d, want a kill while the other suspect waits for its turn behind the killer\n%s", code, log)
	}

	code, log = p.until("", 0)
	report := p.report()
	if code != 0 || report.Reason != contract.WorkerReportReasonIdle {
		t.Fatalf("third run: exit code %d, %+v\n%s", code, report, log)
	}
	if report.Tasks != (contract.Tasks{AlreadyDone: 6, Done: 1, Dead: 1}) || !strings.Contains(log, `"id":"late","outcome":"done"`) {
		t.Fatalf("third run counts %+v, want 6 done before, the other suspect done, and the killer dead\n%s", report.Tasks, log)
	}
	dead := map[string]string{}
	for _, letter := range report.DeadLetters {
		dead[letter.Id] = letter.Reason
	}
	if len(dead) != 2 || !strings.Contains(dead["killer"], "2 killed runs") || dead["corrupt"] != "not a photo" {
		t.Fatalf("dead letters %v", dead)
	}

	if _, log = p.until("", 0); !strings.Contains(log, `"tasks":7,"dead":2`) {
		t.Fatalf("fourth run: want both known as dead\n%s", log)
	}
	if report := p.report(); report.Tasks != (contract.Tasks{AlreadyDone: 7}) || len(report.DeadLetters) != 2 {
		t.Fatalf("fourth run: %+v", report)
	}
}

func TestTerminatedProcessHandsBackWithoutACountedKill(t *testing.T) {
	p := newPhotoRun(t, "killer")
	config, err := contract.Load(p.path("worker.json"))
	p.must(err)
	config.Shutdown = contract.Shutdown{DrainSeconds: 0.05, FlushSeconds: 2}
	text, err := json.Marshal(config)
	p.must(err)
	p.must(os.WriteFile(p.path("worker.json"), text, 0o644))
	for range 3 {
		code, log := p.until(`"begun","worker":"crawl","id":"killer"`, syscall.SIGTERM)
		if report := p.report(); code != 3 || report.Reason != contract.WorkerReportReasonDeadline || report.Tasks.HandedBack != 1 {
			t.Fatalf("exit code %d, report %+v\n%s", code, report, log)
		}
	}
	left, err := os.ReadDir(p.path("state/in-flight"))
	p.must(err)
	if len(left) > 0 {
		t.Fatalf("markers are left: %v", left)
	}
}

func TestMainFailsOnABadConfiguration(t *testing.T) {
	p := newPhotoRun(t)
	p.must(os.WriteFile(p.path("worker.json"), []byte(`{"contract": 1, "name": "X"}`), 0o644))
	worker := exec.CommandContext(t.Context(), os.Args[0])
	worker.Env = append(os.Environ(), photoWorker+"="+p.hangs, "CAPSTAN_CONFIG="+p.path("worker.json"))
	output, err := worker.CombinedOutput()
	if worker.ProcessState.ExitCode() != 2 {
		t.Fatalf("exit code %d, %v", worker.ProcessState.ExitCode(), err)
	}
	for _, want := range []string{p.path("worker.json"), "name: wanted", "pool: wanted a value, got none"} {
		if !strings.Contains(string(output), want) {
			t.Errorf("output does not say %q:\n%s", want, output)
		}
	}
}
