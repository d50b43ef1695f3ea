package order_test

import (
	"context"
	"errors"
	"math"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"capstan/pool"
	"capstan/pool/order"
)

// A key that panics for a task, in a goroutine that survives panics as those of an HTTP server do, must not take the
// pool along.
func TestAPanicOfAKeyRefusesItsTaskOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fair, err := order.Fair(order.FairConfig[*int, int]{Key: func(task *int) int { return *task }})
		if err != nil {
			t.Fatal(err)
		}
		release := make(chan struct{})
		p, err := pool.New(pool.Config[*int]{Workers: 1, Order: fair, Handle: func(context.Context, *int) error {
			<-release
			return nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		submit := func(task *int) (err error) {
			defer func() {
				if value := recover(); value != nil {
					t.Errorf("the submit panicked: %v", value)
				}
			}()
			return p.Submit(t.Context(), task)
		}
		var panicked *pool.PanicError
		if err := submit(nil); !errors.As(err, &panicked) {
			t.Errorf("the task without a key gave %v, want a *PanicError", err)
		}
		one := 1
		if err := submit(&one); err != nil {
			t.Errorf("the next task gave %v", err)
		}
		blocked := make(chan error, 1)
		go func() { blocked <- submit(nil) }()
		synctest.Wait()
		close(release)
		if err := <-blocked; !errors.As(err, &panicked) {
			t.Errorf("the blocked task without a key gave %v, want a *PanicError", err)
		}
		if r := p.Drain(t.Context()); !r.Complete() {
			t.Errorf("drained with %+v", r)
		}
	})
}

// What a panic leaves behind under the pool's lock nobody can go on with: the process must end, and say whose fault it was.
func TestAFaultOfAnOrderEndsTheProcess(t *testing.T) {
	faults := map[string]func(){
		"panic":  func() { panic("the order is broken") },
		"Goexit": runtime.Goexit,
	}
	calls := map[string]func(fault func()) pool.Order[int]{
		"Pop":    func(fault func()) pool.Order[int] { return breaking{pop: fault, finish: func() {}} },
		"Finish": func(fault func()) pool.Order[int] { return breaking{pop: func() {}, finish: fault} },
	}
	const name = "CAPSTAN_BREAKING_ORDER"
	if call, fault, child := strings.Cut(os.Getenv(name), " "); child {
		p, _ := pool.New(pool.Config[int]{Workers: 1, Order: calls[call](faults[fault]), Handle: func(context.Context, int) error { return nil }})
		_ = p.Submit(bg, 0)
		p.Drain(bg)
		return
	}
	for call := range calls {
		for fault := range faults {
			t.Run(call+" "+fault, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				defer cancel()
				command := exec.CommandContext(ctx, os.Args[0], "-test.run=^"+strings.Split(t.Name(), "/")[0]+"$")
				command.Env = append(os.Environ(), name+"="+call+" "+fault)
				printed, err := command.CombinedOutput()
				if ctx.Err() != nil || err == nil {
					t.Fatalf("the process has not ended by itself with an error: %v, %v", ctx.Err(), err)
				}
				for _, want := range []string{"pool: Config.Order", "order_test.breaking." + call} {
					if !strings.Contains(string(printed), want) {
						t.Errorf("what it printed lacks %q:\n%s", want, printed)
					}
				}
				if fault == "panic" && !strings.Contains(string(printed), "panic: the order is broken") {
					t.Errorf("what it printed lacks the panic of the order:\n%s", printed)
				}
			})
		}
	}
}

// breaking holds one task.
type breaking struct{ pop, finish func() }

func (breaking) Push(int, uint64) error { return nil }
func (breaking) Ready() int             { return 1 }
func (b breaking) Pop() (int, uint64)   { b.pop(); return 0, 0 }
func (b breaking) Finish(int)           { b.finish() }
func (breaking) Rest() []int            { return nil }

// A map finds no NaN again, so a task with one could be taken in, and never ended.
func TestAKeyThatIsNotEqualToItselfIsRefused(t *testing.T) {
	o, err := order.Serial(func(key float64) float64 { return key })
	if err != nil {
		t.Fatal(err)
	}
	p, err := pool.New(pool.Config[float64]{Workers: 1, Queue: 1, Order: o, Handle: func(context.Context, float64) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Submit(bg, math.NaN()); !errors.Is(err, order.ErrKey) {
		t.Errorf("NaN gave %v, want ErrKey", err)
	}
	if err := p.Submit(bg, 1); err != nil {
		t.Errorf("the next task gave %v", err)
	}
	if r := p.Drain(bg); !r.Complete() || r.Finished > 1 {
		t.Errorf("drained with %+v", r)
	}
}
