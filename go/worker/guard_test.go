package worker

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"capstan/adaptive"
	"capstan/contract"
	"capstan/queue/driver"
)

func TestRateBoundsFetchingAndHoldsNoSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := testConfig(t, 51)
		config.Protect = &contract.Protect{Rate: &contract.Rate{PerSecond: 10, Burst: 1}}
		r := newRig(t, config, func(context.Context, Task[int]) error { return nil })
		began := time.Now()
		r.run()
		r.counts(contract.Tasks{Done: 51})
		if took := time.Since(began); took < 4900*time.Millisecond || took > 5500*time.Millisecond {
			t.Errorf("51 tasks at 10/s took %v, want 5 s", took)
		}
		if r.report.Pool.BusySeconds > 0.1 {
			t.Errorf("slots were busy for %v s while the rate held them back", r.report.Pool.BusySeconds)
		}
	})
}

// outage is a downstream that fails until a time.
type outage struct {
	until    time.Time
	mu       sync.Mutex
	attempts map[string][]int // by task
	failures int
}

func (o *outage) handle(_ context.Context, t Task[int]) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.attempts[t.ID] = append(o.attempts[t.ID], t.Attempt)
	if time.Now().Before(o.until) {
		o.failures++
		return errors.New("502 from the catalog")
	}
	return nil
}

func TestBreakerBurnsFewAttemptsInAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const tasks = 200
		config := testConfig(t, tasks)
		config.Pool.Slots, config.Task.Backoff.InitialSeconds = 4, 0.1
		config.Protect = &contract.Protect{Breaker: testBreaker()}
		o := &outage{until: time.Now().Add(10 * time.Minute), attempts: map[string][]int{}}
		r := newRig(t, config, o.handle).start()
		time.Sleep(5*time.Minute + 10*time.Second)
		if _, text := r.get("/metrics"); !strings.Contains(text, `capstan_breaker_state{worker="crawl"} 2`) {
			t.Errorf("the metrics do not say that the breaker is open")
		}
		if status, text := r.get("/readyz"); status != 200 {
			t.Errorf("readiness answers %d: %s", status, text)
		}
		r.wait()
		// Four to open, at most three more that were running, and a probe or two each 30 s.
		if most := 4 + 3 + 2*10*2; o.failures > most {
			t.Errorf("%d attempts were burnt in ten minutes, want %d at most", o.failures, most)
		}
		if done := r.report.Tasks.Done; done+r.report.Tasks.Dead != tasks || r.report.Tasks.Dead > 20 {
			t.Errorf("the report counts %+v", r.report.Tasks)
		}
		for id, attempts := range o.attempts {
			for i, attempt := range attempts {
				if attempt != i+1 {
					t.Fatalf("attempts of %s are %v: one was counted that no handler saw", id, attempts)
				}
			}
		}
	})
}

func TestBreakerDoesNotWaitForAProbeThatIsStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := testConfig(t, 50)
		config.Pool.Slots, config.Task.MaxAttempts = 4, 1
		config.Protect = &contract.Protect{Breaker: &contract.Breaker{
			FailureShare: 0.5, LeastAttempts: 4, WindowSeconds: 10, OpenSeconds: 5, Probes: 2,
		}}
		var attempts atomic.Int64
		release := make(chan struct{})
		r := newRig(t, endless(config), func(context.Context, Task[int]) error {
			switch n := attempts.Add(1); {
			case n <= 4:
				return errors.New("502 from the catalog")
			case n == 5:
				<-release // whatever its context says
			}
			return nil
		}).start()
		time.Sleep(5 * time.Minute)
		if got := attempts.Load(); got != 50 {
			t.Errorf("%d of 50 tasks were tried with one probe stuck", got)
		}
		close(release)
		r.term()
		r.wait()
	})
}

func TestPermanentErrorsDoNotOpenTheBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := testConfig(t, 50)
		config.Protect = &contract.Protect{Breaker: testBreaker()}
		r := newRig(t, config, func(context.Context, Task[int]) error { return Permanent(errors.New("corrupt")) })
		r.run()
		r.counts(contract.Tasks{Dead: 50})
		if lines := r.log.lines(t, "circuit breaker"); len(lines) > 0 {
			t.Errorf("logged %v", lines)
		}
	})
}

func TestRetriesBeyondTheBudgetComeBackLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := testConfig(t, 20)
		config.Task.Backoff = contract.Backoff{InitialSeconds: 1, MaxSeconds: 300, Factor: 2}
		config.Protect = &contract.Protect{RetryBudget: &contract.RetryBudget{Share: 0, Least: 5, WindowSeconds: 60}}
		began := time.Now()
		var mu sync.Mutex
		var late int
		r := newRig(t, config, func(_ context.Context, task Task[int]) error {
			if task.Attempt == 1 {
				return errors.New("once")
			}
			mu.Lock()
			defer mu.Unlock()
			if time.Since(began) >= 300*time.Second {
				late++
			}
			return nil
		})
		r.run()
		r.counts(contract.Tasks{Done: 20, Retried: 20})
		if late != 15 {
			t.Errorf("%d tasks came back after the maximum backoff, want 15", late)
		}
	})
}

func TestAdaptiveLimitShrinksThePoolWhenTasksGetSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := endless(testConfig(t, 0))
		config.Pool.Slots = 40
		config.Protect = &contract.Protect{Adaptive: &contract.Adaptive{LeastSlots: 3}}
		var now atomic.Int64
		var slow atomic.Bool
		setups := make(chan Setup, 1)
		r := newRig(t, config, nil)
		r.drivers = []driver.Driver{adaptive.Driver}
		r.build = func(s Setup) (Handler[int], error) {
			setups <- s
			return func(ctx context.Context, _ Task[int]) error {
				defer now.Add(-1)
				running := now.Add(1)
				if took := 10 * time.Millisecond; !slow.Load() {
					return sleep(ctx, took)
				}
				return sleep(ctx, 10*time.Millisecond*time.Duration(running)) // it takes one at a time
			}, nil
		}
		r.start()
		s := <-setups
		feed := func(d time.Duration) {
			for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
				for range 30 {
					_ = s.Enqueue(t.Context(), "", 1)
				}
			}
		}
		feed(30 * time.Second)
		if lines := r.log.lines(t, "pool resized"); len(lines) > 0 && lines[len(lines)-1]["slots"].(float64) < 30 {
			t.Errorf("the pool shrank while all was well: %v", lines)
		}
		slow.Store(true)
		feed(2 * time.Minute)
		_, text := r.get("/metrics")
		if slots := metricOf(t, text, "capstan_pool_slots"); slots > 30 || slots < 3 {
			t.Errorf("%v slots are left", slots)
		}
		if share := metricOf(t, text, "capstan_pool_utilization"); share > metricOf(t, text, "capstan_pool_slots")/40+0.2 {
			t.Errorf("utilisation %v by the slots that are left", share)
		}
		r.term()
		r.wait()
	})
}

func TestLiveSettingsAreTakenAndBadOnesRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := t.TempDir()
		path := filepath.Join(folder, "live.json")
		publishConfigMap(t, folder, `{"contract": 1}`)
		config := endless(testConfig(t, 40))
		config.Pool.Slots, config.Live = 4, &path
		var now, peak atomic.Int64
		r := newRig(t, config, func(ctx context.Context, _ Task[int]) error {
			defer now.Add(-1)
			if running := now.Add(1); running > peak.Load() {
				peak.Store(running)
			}
			return sleep(ctx, 4*time.Second)
		}).start()
		time.Sleep(time.Second)
		publishConfigMap(t, folder, `{"contract": 1, "slots": 2, "log": {"level": "debug"}}`)
		time.Sleep(10 * time.Second) // and the four that ran have ended
		peak.Store(0)
		time.Sleep(20 * time.Second)
		if peak.Load() != 2 {
			t.Errorf("%d tasks ran at once, want 2", peak.Load())
		}
		for _, bad := range []string{`{"contract": 1, "slots": 5}`, `{"contract": 1, "slots": "3"}`, `{`} {
			publishConfigMap(t, folder, bad)
			time.Sleep(10 * time.Second)
		}
		if err := os.Remove(filepath.Join(folder, "..data")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Second)
		if peak.Load() != 2 || len(r.log.lines(t, "live settings refused, the old ones stay")) != 4 {
			t.Errorf("%d tasks ran at once; logged %v", peak.Load(), r.log.lines(t, "live settings refused, the old ones stay"))
		}
		publishConfigMap(t, folder, `{"contract": 1, "rate": {"perSecond": 100, "burst": 10}}`)
		time.Sleep(10 * time.Second)
		_, text := r.get("/metrics")
		for _, want := range []string{
			`capstan_settings_reloads_total{result="refused",worker="crawl"} 4`, `capstan_settings_reloads_total{result="taken",worker="crawl"} 3`,
			`capstan_pool_slots{worker="crawl"} 4`, `capstan_pool_slots_planned{worker="crawl"} 4`,
		} {
			if !slices.Contains(strings.Split(text, "\n"), want) {
				t.Errorf("no %s in\n%s", want, text)
			}
		}
		r.term()
		r.wait()
	})
}

func TestLiveSettingsThatAreNoFileHoldNothingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := t.TempDir()
		path := filepath.Join(folder, "live.json")
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		config := endless(testConfig(t, 1))
		config.Live = &path
		r := newRig(t, config, func(context.Context, Task[int]) error { return nil }).start()
		time.Sleep(time.Second)
		for _, err := range []error{os.Remove(path), syscall.Mkfifo(path, 0o644)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(20 * time.Second)
		for _, err := range []error{os.Remove(path), os.WriteFile(path, make([]byte, 2<<20), 0o644)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(20 * time.Second)
		r.term()
		r.wait()
		var said []string
		for _, line := range r.log.lines(t, "live settings refused, the old ones stay") {
			said = append(said, fmt.Sprint(line["error"]))
		}
		if len(said) != 3 || !strings.Contains(said[1], "not a regular file") || !strings.Contains(said[2], "over 1048576 bytes") {
			t.Errorf("refused %q, want the empty file, the pipe and the large file", said)
		}
	})
}

var configMaps atomic.Int64

// publishConfigMap changes live.json as the kubelet does: a new folder, and a link that is swapped.
func publishConfigMap(t *testing.T, folder, text string) {
	t.Helper()
	version := filepath.Join(folder, "..version"+string(rune('a'+configMaps.Add(1))))
	for _, err := range []error{
		os.Mkdir(version, 0o755),
		os.WriteFile(filepath.Join(version, "live.json"), []byte(text), 0o644),
		os.Symlink(version, filepath.Join(folder, "..next")),
		os.Rename(filepath.Join(folder, "..next"), filepath.Join(folder, "..data")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("..data/live.json", filepath.Join(folder, "live.json")); err != nil && !errors.Is(err, os.ErrExist) {
		t.Fatal(err)
	}
}

// metricOf is the value of a metric in a scrape.
func metricOf(t *testing.T, text, name string) float64 {
	t.Helper()
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), name+`{worker="crawl"} `); ok {
			number, err := strconv.ParseFloat(value, 64)
			if err != nil {
				t.Fatal(err)
			}
			return number
		}
	}
	t.Fatalf("no %s in\n%s", name, text)
	return 0
}
