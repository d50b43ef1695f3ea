package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const slots = 100

// suite is something that is measured of every contender.
type suite struct {
	name, title string
	// once: a single time, after the rounds.
	once    bool
	measure func(b *bench, c contender, at place, scale float64) (sample, error)
}

// sample is what one contender gave in one suite in one round, by the name of the measure.
type sample map[string]float64

func suites() []suite {
	return []suite{
		throughputSuite("sleep5ms", "100 slots × 5 ms, which is 20,000 tasks/s at most", 60_000, 5*time.Millisecond),
		throughputSuite("noop", "tasks that do nothing, 100 slots", 100_000, 0),
		paceSuite(),
		queuedSuite(),
		endSuite("sigterm", "SIGTERM under load, then a new process does the rest", syscall.SIGTERM),
		endSuite("sigkill", "SIGKILL under load, then a new process does the rest", syscall.SIGKILL),
	}
}

// suitesOf are the suites whose name matches; with once, only those of them that run once.
func suitesOf(pattern *regexp.Regexp, once bool) []suite {
	return slices.DeleteFunc(suites(), func(s suite) bool {
		return !pattern.MatchString(s.name) || once && !s.once
	})
}

func throughputSuite(name, title string, tasks int, work time.Duration) suite {
	return suite{name: name, title: title, measure: func(b *bench, c contender, at place, scale float64) (sample, error) {
		n := max(1000, int(float64(tasks)*scale))
		if c.atMost > 0 {
			n = min(n, c.atMost)
		}
		o := order{Contender: c.name, Place: at, Tasks: n, Slots: slots, Work: work}
		if err := b.fill(o); err != nil {
			return nil, err
		}
		o.Role = "consume"
		out, err := b.child(o)
		if err != nil {
			return nil, err
		}
		if out.Tasks < n || out.Peak > slots {
			return nil, fmt.Errorf("%d of %d tasks were done, %d at once", out.Tasks, n, out.Peak)
		}
		return sample{
			"tasksPerSecond": float64(n) / out.Seconds, "cpuSecondsPer1000": out.CPUSeconds / float64(n) * 1000,
			"stopSeconds": out.StopSeconds,
		}, nil
	}}
}

// paceSuite adds tasks at a twentieth of what the slots can do, and times their start from when they were due.
func paceSuite() suite {
	const perSecond = 1000
	return suite{name: "pace", title: "1,000 tasks/s of 5 ms: time from when a task is due to its start", measure: func(
		b *bench, c contender, at place, scale float64,
	) (sample, error) {
		n := max(1000, int(4000*scale))
		o := order{Contender: c.name, Place: at, Tasks: n, Slots: slots, Work: 5 * time.Millisecond, PerSecond: perSecond}
		if _, err := b.child(o.as("prepare")); err != nil {
			return nil, err
		}
		// Something to start with, so that all connections are there; it is not measured.
		warm := o
		warm.Tasks, warm.PerSecond = 500, 0
		if err := b.fill(warm); err != nil {
			return nil, err
		}
		if _, err := b.child(warm.as("consume")); err != nil {
			return nil, err
		}
		producing := make(chan error, 1)
		consumer, err := b.start(o.as("consume"))
		if err != nil {
			return nil, err
		}
		go func() {
			time.Sleep(time.Second) // until it fetches
			_, err := b.child(o.as("pace"))
			producing <- err
		}()
		if err := <-producing; err != nil {
			return nil, err
		}
		out, err := consumer.wait()
		if err != nil {
			return nil, err
		}
		return sample{"p50Ms": out.P50 * 1000, "p99Ms": out.P99 * 1000, "cpuSecondsPer1000": out.CPUSeconds / float64(n) * 1000}, nil
	}}
}

// queuedSuite has a million tasks wait, and measures the memory of the process that works off some of them.
func queuedSuite() suite {
	return suite{name: "queued", once: true, title: "a million tasks wait: memory of the process after 20,000", measure: func(
		b *bench, c contender, at place, scale float64,
	) (sample, error) {
		o := order{Contender: c.name, Place: at, Tasks: int(1_000_000 * scale), Slots: slots}
		if err := b.fill(o); err != nil {
			return nil, err
		}
		o.Tasks = 20_000
		out, err := b.child(o.as("consume"))
		if err != nil {
			return nil, err
		}
		return sample{"maxRssMiB": float64(out.PeakMemory) / (1 << 20), "tasksPerSecond": float64(o.Tasks) / out.Seconds}, nil
	}}
}

const (
	// endTasks are the tasks of the suites that end a process, of which a third is done when it is ended.
	endTasks = 9000
	// quietTime is how long nothing comes any more when all is done that will be: asynq looks
	// once a minute for tasks of processes that are gone, and retries them after some 20 s.
	quietTime = 150 * time.Second
	// echoTime is how long tasks may still come a second time once each has been done.
	echoTime = leaseTime + 2*time.Second
)

// endSuite ends a process under load and counts what the next one makes of it.
func endSuite(name, title string, signal syscall.Signal) suite {
	return suite{name: name, once: true, title: title, measure: func(b *bench, c contender, at place, scale float64) (sample, error) {
		n := max(3000, int(endTasks*scale))
		ledger := filepath.Join(b.folder, at.Queue+".ledger")
		o := order{Contender: c.name, Place: at, Tasks: n, Slots: slots, Work: 5 * time.Millisecond, Ledger: ledger}
		if err := b.fill(o); err != nil {
			return nil, err
		}
		first, err := b.start(o.as("consume"))
		if err != nil {
			return nil, err
		}
		for began := time.Now(); linesOf(ledger) < n/3; time.Sleep(5 * time.Millisecond) {
			if time.Since(began) > time.Minute {
				first.kill()
				return nil, fmt.Errorf("a third of the tasks was not done within a minute")
			}
		}
		asked := time.Now()
		if err := first.command.Process.Signal(signal); err != nil {
			return nil, err
		}
		_, err = first.wait()
		if err != nil && signal != syscall.SIGKILL {
			return nil, fmt.Errorf("after SIGTERM: %w", err)
		}
		stop := time.Since(asked)
		next := o.as("consume")
		next.Idle = quietTime
		if err := b.finish(next, ledger, n); err != nil {
			return nil, err
		}
		done, distinct, err := readLedger(ledger)
		if err != nil {
			return nil, err
		}
		return sample{"lost": float64(n - distinct), "duplicates": float64(done - distinct), "stopSeconds": stop.Seconds()}, nil
	}}
}

// finish runs a process until each task has been done, and a while longer, or until nothing comes any more.
func (b *bench) finish(o order, ledger string, tasks int) error {
	process, err := b.start(o)
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() {
		_, err := process.wait()
		ended <- err
	}()
	var told <-chan time.Time
	for tick := time.NewTicker(200 * time.Millisecond); ; {
		select {
		case err := <-ended:
			return err
		case <-told:
			if err := process.command.Process.Signal(syscall.SIGTERM); err != nil {
				return err
			}
			return <-ended
		case <-tick.C:
			if _, distinct, err := readLedger(ledger); err == nil && distinct == tasks && told == nil {
				told = time.After(echoTime)
				tick.Stop()
			}
		}
	}
}

func linesOf(file string) int {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	return strings.Count(string(text), "\n")
}

func readLedger(file string) (done, distinct int, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, 0, err
	}
	seen := make(map[int]struct{})
	for line := range strings.Lines(string(text)) {
		number, err := strconv.Atoi(strings.TrimSuffix(line, "\n"))
		if err != nil {
			return 0, 0, fmt.Errorf("the ledger has a line that is no number: %q", line)
		}
		seen[number] = struct{}{}
		done++
	}
	return done, len(seen), nil
}
