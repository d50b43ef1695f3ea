package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"capstan/contract"
	"capstan/pool"
	"capstan/queue"
)

// endless keeps a memory worker from ending by itself.
func endless(config *contract.WorkerContract) *contract.WorkerContract {
	no := false
	config.Source.Memory.ExitWhenIdle = &no
	return config
}

func TestSignalLetsRunningTasksFinish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testConfig(t, 6), func(ctx context.Context, _ Task[int]) error {
			return sleep(ctx, 8*time.Second)
		}).start()
		time.Sleep(3 * time.Second)
		r.term()
		r.wait()
		r.ends(contract.WorkerReportReasonSignal, 5)
		r.counts(contract.Tasks{Done: 2})
		if *r.report.DrainSeconds != 5 {
			t.Fatalf("drain took %v s, want the 5 s that the running tasks had left", *r.report.DrainSeconds)
		}
		r.lost(4)
	})
}

func TestSignalIsACleanEndWhenNothingIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testConfig(t, 2), func(ctx context.Context, _ Task[int]) error {
			return sleep(ctx, 8*time.Second)
		}).start()
		time.Sleep(3 * time.Second)
		r.term()
		r.wait()
		r.ends(contract.WorkerReportReasonSignal, 0)
		r.counts(contract.Tasks{Done: 2})
	})
}

func TestSignalHandsBackWhatWasFetchedAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := testConfig(t, 200)
		config.Pool.Slots = 1
		var released []string
		handled := map[string]bool{}
		r := newRig(t, config, func(ctx context.Context, task Task[int]) error {
			handled[task.ID] = true
			return sleep(ctx, 100*time.Millisecond)
		})
		ahead := make(chan struct{}, 100)
		r.wrap = func(q queue.Queue) queue.Queue {
			return &spyQueue{
				Queue: q, roundTrip: 300 * time.Millisecond,
				onBatch: func(n int) {
					if n >= 4 {
						ahead <- struct{}{}
					}
				},
				onRelease: func(d queue.Delivery) { released = append(released, d.ID) },
			}
		}
		r.start()
		<-ahead
		synctest.Wait()
		r.term()
		r.wait()
		r.ends(contract.WorkerReportReasonSignal, 5)
		if len(released) == 0 || r.report.Tasks.HandedBack != len(released) {
			t.Fatalf("released %q, reported %d", released, r.report.Tasks.HandedBack)
		}
		for _, id := range released {
			if handled[id] {
				t.Fatalf("%s was handled and handed back", id)
			}
		}
		if *r.report.DrainSeconds > 0.1 {
			t.Fatalf("drain took %v s, longer than the one running task", *r.report.DrainSeconds)
		}
	})
}

func TestDrainDeadlineCancelsAndHandsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := testConfig(t, 2)
		config.Task.MaxSeconds = 1000
		var released []queue.Delivery
		r := newRig(t, config, func(ctx context.Context, _ Task[int]) error {
			err := sleep(ctx, 900*time.Second)
			if !errors.Is(context.Cause(ctx), pool.ErrDrainDeadline) {
				t.Errorf("cause %v", context.Cause(ctx))
			}
			return err
		})
		r.wrap = func(q queue.Queue) queue.Queue {
			return &spyQueue{Queue: q, onRelease: func(d queue.Delivery) { released = append(released, d) }}
		}
		r.start()
		time.Sleep(time.Second)
		r.term()
		r.wait()
		r.ends(contract.WorkerReportReasonDeadline, 3)
		r.counts(contract.Tasks{HandedBack: 2})
		if len(released) != 2 || *r.report.DrainSeconds != 20 {
			t.Fatalf("released %v after %v s, want both tasks at drainSeconds", released, *r.report.DrainSeconds)
		}
	})
}

func TestDrainDeadlineKeepsTheVerdictOfATaskThatIsDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := testConfig(t, 3)
		config.Pool.Slots, config.Task.MaxSeconds = 3, 1000
		r := newRig(t, config, func(ctx context.Context, task Task[int]) error {
			<-ctx.Done()
			switch task.Payload {
			case 0:
				return nil // its effect came into place all the same
			case 1:
				return Permanent(errors.New("corrupt"))
			}
			return errors.New("broken off")
		}).start()
		time.Sleep(time.Second)
		r.term()
		r.wait()
		r.ends(contract.WorkerReportReasonDeadline, 3)
		r.counts(contract.Tasks{Done: 1, Dead: 1, HandedBack: 1})
	})
}

func TestDrainDoesNotWaitForAHandlerThatIgnoresIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := testConfig(t, 1)
		config.Task.MaxSeconds = 7200
		r := newRig(t, config, func(context.Context, Task[int]) error { time.Sleep(time.Hour); return nil }).start()
		time.Sleep(time.Second)
		start := time.Now()
		r.term()
		r.wait()
		r.ends(contract.WorkerReportReasonDeadline, 3)
		r.counts(contract.Tasks{HandedBack: 1})
		if took := time.Since(start); took != 22*time.Second {
			t.Fatalf("ended after %v, want drain 20 s + half of flush 4 s", took)
		}
		time.Sleep(2 * time.Hour) // lets the handler go
	})
}

func TestSecondSignalHandsBackAtOnce(t *testing.T) {
	for _, c := range []struct {
		name     string
		lameDuck float64
		after    time.Duration
	}{
		{"while draining", 0, 5 * time.Second},
		{"in the lame duck", 60, 5 * time.Second},
		{"right behind the first", 60, 0},
	} {
		t.Run(c.name, bubble(func(t *testing.T) {
			config := testConfig(t, 2)
			config.Task.MaxSeconds, config.Shutdown.LameDuckSeconds = 1000, c.lameDuck
			r := newRig(t, config, func(ctx context.Context, _ Task[int]) error { return sleep(ctx, 900*time.Second) }).start()
			time.Sleep(time.Second)
			r.term()
			time.Sleep(c.after)
			r.term()
			r.wait()
			r.ends(contract.WorkerReportReasonSecondSignal, 4)
			r.counts(contract.Tasks{HandedBack: 2})
			if took := *r.report.DrainSeconds; took != c.after.Seconds() {
				t.Fatalf("ended %v s after the first signal, want %v", took, c.after)
			}
		}))
	}
}

func TestEndOfContextCountsAsASignal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan contract.WorkerReport)
		r := newRig(t, endless(testConfig(t, 1)), nil)
		go func() {
			report, _ := Run(ctx, r.config, Stateless(func(ctx context.Context, _ Task[int]) error {
				return sleep(ctx, 5*time.Second)
			}), Options{Listen: r.listen})
			ended <- report
		}()
		time.Sleep(time.Second)
		cancel()
		if report := <-ended; report.Reason != contract.WorkerReportReasonSignal || report.Tasks.Done != 1 {
			t.Fatalf("report %+v, want a drain that lets the task finish", report)
		}
	})
}

func TestLameDuckServesIntakeWithReadinessOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		port := 8080
		config := endless(testConfig(t, 0))
		config.Http.IntakePort, config.Shutdown.LameDuckSeconds = &port, 10
		happened := new(journal)
		r := newRig(t, config, func(ctx context.Context, task Task[int]) error {
			happened.note(fmt.Sprint("ran ", task.Payload))
			return sleep(ctx, 5*time.Second)
		}).start()
		synctest.Wait()
		look := func() {
			ready, _ := r.get("/readyz")
			live, _ := r.get("/healthz")
			happened.note(fmt.Sprintf("ready %d live %d", ready, live))
		}
		post := func(payload string) { happened.note(fmt.Sprintf("post %s %d", payload, r.post(payload))) }

		look()
		post("1")
		r.term()
		synctest.Wait()
		look()
		time.Sleep(9 * time.Second)
		post("2") // the lame duck has one second left
		synctest.Wait()
		time.Sleep(2 * time.Second)
		post("3")
		look()
		r.wait()
		r.ends(contract.WorkerReportReasonSignal, 0)
		want := []string{
			"ready 200 live 200", "post 1 202", "ran 1",
			"ready 503 live 200", "post 2 202", "ran 2",
			"post 3 503", "ready 503 live 200",
		}
		slices.Sort(happened.events[1:3]) // the answer and the task race
		slices.Sort(want[1:3])
		slices.Sort(happened.events[4:6])
		if !slices.Equal(happened.events, want) {
			t.Fatalf("happened\n%s\nwant\n%s", strings.Join(happened.events, "\n"), strings.Join(want, "\n"))
		}
		r.counts(contract.Tasks{Done: 2})
		if *r.report.DrainSeconds != 14 {
			t.Fatalf("drain took %v s, want until task 2 ended", *r.report.DrainSeconds)
		}
	})
}

func TestDrainRefusesATaskThatIsStillBeingPosted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		port := 8080
		config := endless(testConfig(t, 0))
		config.Http.IntakePort = &port
		r := newRig(t, config, func(context.Context, Task[int]) error { return nil }).start()
		synctest.Wait()
		body, feed := io.Pipe()
		answer := make(chan int, 1)
		go func() {
			status, _ := r.send("POST", ":8080", "/tasks", body)
			answer <- status
		}()
		_, _ = feed.Write([]byte("1"))
		synctest.Wait()
		r.term()
		synctest.Wait()
		time.Sleep(time.Second) // nothing is fetched any more
		_, _ = feed.Write([]byte("2"))
		feed.Close()
		r.wait()
		if status := <-answer; status != 503 {
			t.Errorf("answered %d, want 503", status)
		}
		r.ends(contract.WorkerReportReasonSignal, 0)
		r.lost(0)
	})
}

// pushed is a worker with two slots whose queue holds n pushed tasks of 4 s each.
func pushed(t *testing.T, n int) *rig {
	port := 8080
	config := endless(testConfig(t, 0))
	config.Http.IntakePort = &port
	r := newRig(t, config, func(ctx context.Context, _ Task[int]) error {
		return sleep(ctx, 4*time.Second)
	}).start()
	synctest.Wait()
	for i := range n {
		if status := r.post(fmt.Sprint(i)); status != 202 {
			t.Fatalf("POST /tasks answered %d", status)
		}
	}
	return r
}

func TestDrainWorksOffWhatWasPushed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := pushed(t, 10) // 5 rounds of 4 s: all of drainSeconds
		r.term()
		r.wait()
		r.ends(contract.WorkerReportReasonSignal, 0)
		r.counts(contract.Tasks{Done: 10})
		r.lost(0)
	})
}

func TestDrainDeadlineCountsWhatWasPushedAndIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := pushed(t, 13)
		time.Sleep(time.Second) // so that the deadline falls into a round
		r.term()
		r.wait()
		r.ends(contract.WorkerReportReasonDeadline, 3)
		if done := r.report.Tasks.Done; done != 10 {
			t.Fatalf("%d tasks done, want the 10 that end within 21 s", done)
		}
		r.lost(3)
	})
}

func TestSecondSignalEndsTheWorkingOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := pushed(t, 10)
		r.term()
		time.Sleep(5 * time.Second)
		r.term()
		r.wait()
		r.ends(contract.WorkerReportReasonSecondSignal, 4)
	})
}

func TestSignalInTheMiddleOfAFetchLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testConfig(t, 4), func(context.Context, Task[int]) error { return nil })
		r.wrap = func(q queue.Queue) queue.Queue { return &spyQueue{Queue: q, roundTrip: time.Hour} }
		r.start()
		time.Sleep(time.Second)
		r.term()
		r.wait()
		r.ends(contract.WorkerReportReasonSignal, 5)
		r.counts(contract.Tasks{})
		if *r.report.DrainSeconds != 0 {
			t.Fatalf("a blocked fetch held up the drain for %v s", *r.report.DrainSeconds)
		}
	})
}
