package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"capstan/contract"
	"capstan/internal/pod"
	"capstan/queue"
)

func nothing(context.Context, Task[int]) error { return nil }

func TestRunFailsToStart(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(*rig)
		want  string
	}{
		{"with a handler that cannot be built", func(r *rig) {
			r.build = func(Setup) (Handler[int], error) { return nil, errors.New("settings.depth: wanted a number") }
		}, "settings.depth"},
		{"with a nil handler", func(r *rig) { r.build = Stateless[int](nil) }, "wanted a function"},
		{"on a port in use", func(r *rig) { delete(r.ports, ":9090") }, "http.metricsPort"},
		{"on an intake port in use", func(r *rig) {
			port := 80
			r.config.Http.IntakePort = &port
		}, "http.intakePort"},
		{"without its input folder", func(r *rig) {
			r.config.Source = contract.Source{Folder: &contract.FolderSource{Input: "/nowhere", State: r.TempDir()}}
		}, "/nowhere"},
		{"with a seed that is no JSON", func(r *rig) { r.config.Source.Memory.Seeds = []string{"{"} }, "source.memory.seeds[0]"},
		{"with more seeds than capacity", func(r *rig) {
			r.config.Source.Memory.Capacity, r.config.Source.Memory.Seeds = 1, []string{"1", "2"}
		}, "source.memory.seeds"},
		{"with a seed that is too large", func(r *rig) {
			r.config.Source.Memory.PayloadBytes, r.config.Source.Memory.Seeds = new(3), []string{"123", "1234"}
		}, "source.memory.seeds[1]: wanted 3 bytes (source.memory.payloadBytes) or fewer, got 4"},
	} {
		t.Run(c.name, bubble(func(t *testing.T) {
			r := newRig(t, testConfig(t, 0), nothing)
			c.spoil(r)
			r.run()
			r.ends(contract.WorkerReportReasonFailed, 2)
			if !strings.Contains(*r.report.Error, c.want) {
				t.Fatalf("error %q does not name %q", *r.report.Error, c.want)
			}
		}))
	}
}

func TestProbesDiffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, endless(testConfig(t, 1)), nil)
		r.build = func(Setup) (Handler[int], error) {
			time.Sleep(time.Minute) // loads a model, say
			return func(ctx context.Context, _ Task[int]) error { return sleep(ctx, 5*time.Second) }, nil
		}
		r.start()
		expect := func(when string, startup, ready, live int) {
			t.Helper()
			for path, want := range map[string]int{"/startupz": startup, "/readyz": ready, "/healthz": live} {
				if got, text := r.get(path); got != want {
					t.Errorf("%s: %s answers %d %s, want %d", when, path, got, text, want)
				}
			}
		}
		time.Sleep(time.Second)
		expect("while the handler is built", 503, 503, 200)
		time.Sleep(time.Minute)
		expect("at work", 200, 200, 200)
		r.term()
		time.Sleep(time.Second)
		expect("while draining", 200, 503, 200)
		r.wait()
		r.ends(contract.WorkerReportReasonSignal, 0)
	})
}

func TestLivenessFailsWhenTheWatchIsSilent(t *testing.T) {
	now := time.Now()
	w := newWatch(nil)
	if err := w.alive(now.Add(silence)); err != nil {
		t.Errorf("not alive after %v: %v", silence, err)
	}
	if err := w.alive(now.Add(silence + 2*time.Second)); err == nil {
		t.Error("alive although nothing was heard of the watch")
	}
}

func TestHealthzIsTheWatchsWord(t *testing.T) {
	p := pod.NewPhase()
	if err := p.Liveness(); err != nil {
		t.Errorf("not alive while starting: %v", err)
	}
	hangs := errors.New("hangs")
	p.Ready(func(time.Time) error { return hangs })
	if err := p.Liveness(); !errors.Is(err, hangs) {
		t.Errorf("liveness says %v, the watch %v", err, hangs)
	}
}

func TestIntakeAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		port := 8080
		config := endless(testConfig(t, 0))
		config.Http.IntakePort, config.Source.Memory.Capacity, config.Pool.Slots = &port, 3, 1
		config.Source.Memory.PayloadBytes = new(8)
		r := newRig(t, config, func(ctx context.Context, _ Task[int]) error { return sleep(ctx, 5*time.Second) }).start()
		synctest.Wait()
		for _, c := range []struct {
			name, method, path, body string
			want                     int
		}{
			{"a task", "POST", "/tasks", "1", 202},
			{"a task with an id", "POST", "/tasks?id=two", "2", 202},
			{"the same id again", "POST", "/tasks?id=two", "2", 202},
			{"the name that the first was given", "POST", "/tasks?id=task-1", "2", 409},
			{"no JSON", "POST", "/tasks", "{", 400},
			{"nothing", "POST", "/tasks", "", 400},
			{"more than 8 bytes", "POST", "/tasks", strings.Repeat(" ", 8) + "1", 413},
			{"more than 8 bytes with its id", "POST", "/tasks?id=four", "12345", 413},
			{"another method", "GET", "/tasks", "", 405},
			{"the last that fits", "POST", "/tasks", "3", 202},
			{"a full queue", "POST", "/tasks", "4", 429},
		} {
			if got, text := r.request(c.method, ":8080", c.path, c.body); got != c.want {
				t.Errorf("%s: %d %s, want %d", c.name, got, text, c.want)
			} else if got == http.StatusRequestEntityTooLarge && !strings.Contains(text, "over 8 bytes") {
				t.Errorf("%s: the answer %q does not name the bound", c.name, text)
			}
		}
		time.Sleep(time.Minute)
		r.term()
		r.wait()
		r.counts(contract.Tasks{Done: 3})
	})
}

func TestMetricsShowUseAndBacklog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := testConfig(t, 10)
		config.Pool.Slots, config.Task.MaxSeconds = 4, 600
		config.Source.Memory.Seeds = config.Source.Memory.Seeds[:3] // 3 of 4 slots busy
		r := newRig(t, config, func(ctx context.Context, _ Task[int]) error { return sleep(ctx, 100*time.Second) }).start()
		time.Sleep(60 * time.Second)
		r.expectMetrics(map[string]float64{
			"capstan_pool_slots": 4, "capstan_pool_busy": 3, "capstan_pool_utilization": 0.75,
			"capstan_pool_busy_seconds_total": 180, "capstan_queue_backlog": 0,
		})
		time.Sleep(39 * time.Second)
		r.expectMetrics(map[string]float64{"capstan_pool_busy": 3, "capstan_pool_utilization": 0.75})
		r.wait()
		r.counts(contract.Tasks{Done: 3})
	})
}

func TestUtilizationForgetsWhatIsOverFifteenSecondsOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := endless(testConfig(t, 2))
		config.Task.MaxSeconds = 600
		r := newRig(t, config, func(ctx context.Context, _ Task[int]) error { return sleep(ctx, 20*time.Second) }).start()
		time.Sleep(20*time.Second - time.Millisecond)
		r.expectMetrics(map[string]float64{"capstan_pool_utilization": 1})
		time.Sleep(17 * time.Second)
		r.expectMetrics(map[string]float64{"capstan_pool_utilization": 0, `capstan_tasks_total{outcome="done"}`: 2})
		r.term()
		r.wait()
	})
}

func TestBacklogCountsWhatWaitsForASlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := endless(testConfig(t, 100))
		config.Pool.Slots, config.Fetch.Factor, config.Fetch.MaxPrefetch = 1, 1000, 5
		var inner queue.Queue
		r := newRig(t, config, func(ctx context.Context, task Task[int]) error {
			if task.Payload < 60 {
				return sleep(ctx, time.Millisecond)
			}
			return sleep(ctx, 9*time.Second)
		})
		r.wrap = func(q queue.Queue) queue.Queue {
			inner = q
			return &spyQueue{Queue: q, roundTrip: 10 * time.Millisecond}
		}
		r.start()
		time.Sleep(5 * time.Second)
		r.expectMetrics(map[string]float64{"capstan_queue_backlog": 39, "capstan_pool_busy": 1, `capstan_tasks_total{outcome="done"}`: 60})
		if held, err := inner.Backlog(t.Context()); err != nil || held >= 39 {
			t.Fatalf("%d tasks wait in the queue (error %v), want some of the 39 to have been fetched", held, err)
		}
		r.term()
		r.wait()
	})
}

// expectMetrics scrapes and compares. A name may hold further labels.
func (r *rig) expectMetrics(want map[string]float64) {
	r.Helper()
	_, text := r.get("/metrics")
	for name, value := range want {
		metric, labels, _ := strings.Cut(strings.TrimSuffix(name, "}"), "{")
		pattern := fmt.Sprintf(`(?m)^%s\{[^}]*%s[^}]*\} (\S+)$`, metric, labels)
		found := regexp.MustCompile(pattern).FindStringSubmatch(text)
		if found == nil || !strings.Contains(found[0], `worker="crawl"`) {
			r.Errorf("no metric %s with the worker's label", name)
			continue
		}
		var got float64
		if _, err := fmt.Sscan(found[1], &got); err != nil {
			r.Fatal(err)
		}
		if diff := got - value; diff > 0.001 || diff < -0.001 {
			r.Errorf("%s is %v, want %v", name, got, value)
		}
	}
}

func reportSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	file, err := os.Open("../contract/zz_report.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	document, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	const url = "capstan:///contract/report.schema.json"
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(url, document); err != nil {
		t.Fatal(err)
	}
	return compiler.MustCompile(url)
}

func TestReportKeepsItsContract(t *testing.T) {
	schema := reportSchema(t)
	for _, c := range []struct {
		name string
		bend func(*rig)
	}{
		{"of a clean end", func(*rig) {}},
		{"of a run with dead letters", func(r *rig) {
			r.build = Stateless(func(context.Context, Task[int]) error { return Permanent(errors.New("corrupt")) })
		}},
		{"of a log of errors only", func(r *rig) { r.level = slog.LevelError }},
		{"of a failed start", func(r *rig) { delete(r.ports, ":9090") }},
		{"of a drain", func(r *rig) {
			endless(r.config)
			r.term()
		}},
	} {
		t.Run(c.name, bubble(func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "report.json")
			r := newRig(t, testConfig(t, 3), nothing)
			r.config.Report = &path
			c.bend(r)
			report := r.run()
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(value); err != nil {
				t.Errorf("%v\n%s", err, text)
			}
			var written contract.WorkerReport
			if err := json.Unmarshal(text, &written); err != nil {
				t.Fatal(err)
			}
			if written.Reason != report.Reason || written.Tasks != report.Tasks || written.ExitCode != report.ExitCode {
				t.Errorf("wrote %+v, returned %+v", written, report)
			}
			if len(r.log.lines(t, "report")) != 1 {
				t.Error("the report is not in the log")
			}
		}))
	}
}

func TestRunFailsWhenTheReportCannotBeWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "missing", "report.json")
		r := newRig(t, testConfig(t, 1), nothing)
		r.config.Report = &path
		r.run()
		r.ends(contract.WorkerReportReasonFailed, 1)
		r.counts(contract.Tasks{Done: 1})
	})
}

func TestLogTellsTheProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testConfig(t, 3), func(_ context.Context, task Task[int]) error {
			if task.Payload == 1 {
				return Permanent(errors.New("corrupt"))
			}
			return nil
		})
		r.run()
		opened, ready, finished := r.log.lines(t, "source opened"), r.log.lines(t, "ready"), r.log.lines(t, "task finished")
		if len(opened) != 1 || opened[0]["tasks"] != 3.0 || opened[0]["dead"] != 0.0 {
			t.Errorf("opened %v", opened)
		}
		if len(ready) != 1 || ready[0]["metricsAddr"] != ":9090" || ready[0]["seconds"] == nil || ready[0]["gomaxprocs"] == nil {
			t.Errorf("ready %v", ready)
		}
		outcomes := map[any]int{}
		for _, line := range finished {
			outcomes[line["outcome"]]++
			if line["outcome"] == "dead" && (line["reason"] != "corrupt" || line["id"] != "task-2") {
				t.Errorf("line %v", line)
			}
		}
		if outcomes["done"] != 2 || outcomes["dead"] != 1 {
			t.Errorf("outcomes %v", outcomes)
		}
	})
}
