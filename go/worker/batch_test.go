package worker

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"capstan/contract"
)

// batches runs tasks in eight slots through a handler of batches, and gives the sizes.
func batches(t *testing.T, tasks int, handle BatchHandler[int]) (*rig, []int) {
	t.Helper()
	var mu sync.Mutex
	var sizes []int
	config := testConfig(t, tasks)
	config.Pool.Slots = 8
	r := newRig(t, config, nil)
	r.build = Batch(BatchConfig{Max: 4, Wait: time.Second}, func(ctx context.Context, tasks []Task[int]) []error {
		mu.Lock()
		sizes = append(sizes, len(tasks))
		mu.Unlock()
		return handle(ctx, tasks)
	})
	r.run()
	return r, sizes
}

func TestBatchesAreFullOrHaveWaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		r, sizes := batches(t, 10, func(context.Context, []Task[int]) []error { return nil })
		r.counts(contract.Tasks{Done: 10})
		most, sum := 0, 0
		for _, n := range sizes {
			most, sum = max(most, n), sum+n
		}
		if most != 4 || sum != 10 || len(sizes) != 3 {
			t.Errorf("batches of %v", sizes)
		}
		if took := time.Since(began); took < time.Second || took > 2*time.Second {
			t.Errorf("took %v, want the second that the last two wait", took)
		}
	})
}

func TestBatchTasksHaveOutcomesOfTheirOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := batches(t, 8, func(_ context.Context, tasks []Task[int]) []error {
			errs := make([]error, len(tasks))
			for i, task := range tasks {
				if task.Payload == 3 {
					errs[i] = Permanent(errors.New("corrupt"))
				} else if task.Payload == 5 && task.Attempt == 1 {
					errs[i] = errors.New("once")
				}
			}
			return errs
		})
		r.counts(contract.Tasks{Done: 7, Dead: 1, Retried: 1})
	})
}

func TestBatchFailsAllOfItsTasksOnAPanicOrAWrongAnswer(t *testing.T) {
	for name, handle := range map[string]BatchHandler[int]{
		"panic": func(context.Context, []Task[int]) []error { panic("boom") },
		"count": func(context.Context, []Task[int]) []error { return []error{nil} },
	} {
		t.Run(name, bubble(func(t *testing.T) {
			r, _ := batches(t, 4, handle)
			if r.report.Tasks.Dead != 4 || r.report.Tasks.Retried != 8 {
				t.Errorf("the report counts %+v", r.report.Tasks)
			}
			want := map[string]string{"panic": "boom", "count": "returned 1 errors for 4 tasks"}[name]
			if letter := r.report.DeadLetters[0]; !strings.Contains(letter.Reason, want) {
				t.Errorf("reason %q", letter.Reason)
			}
		}))
	}
}

func TestBatchFailsWithAllBadFields(t *testing.T) {
	_, err := Batch[int](BatchConfig{}, nil)(Setup{})
	if err == nil || len(strings.Split(err.Error(), "\n")) != 3 {
		t.Errorf("error %v", err)
	}
}
