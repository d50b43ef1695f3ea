package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"capstan/pool"
)

const sumTo100 = 338_350

// A bubble of synctest fails when a goroutine of it is left, so each of these shows that none is.

func TestSumOverChannelJoinsItsGoroutines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, workers := range []int{1, 2, 8, 200} {
			sum, err := sumOverChannel(t.Context(), 100, workers)
			if sum != sumTo100 || err != nil {
				t.Errorf("%d workers: got %d, %v", workers, sum, err)
			}
		}
	})
}

func TestSumOverChannelEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := sumOverChannel(ctx, most, 2); err != context.Canceled {
			t.Errorf("got %v", err)
		}
	})
}

func TestSumOverPoolIsRightForCallsAtTheSameTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := newPool(2)
		if err != nil {
			t.Fatal(err)
		}
		var calls sync.WaitGroup
		for range 10 {
			calls.Go(func() {
				if sum, err := sumOverPool(t.Context(), 100, p); sum != sumTo100 || err != nil {
					t.Errorf("got %d, %v", sum, err)
				}
			})
		}
		calls.Wait()
		p.Drain(t.Context())
		if stats := p.Stats(); stats.Completed != 1000 || stats.PeakBusy > 2 {
			t.Errorf("got %+v", stats)
		}
	})
}

func TestSumOverPoolFailsOnceThePoolIsDrained(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := newPool(2)
		if err != nil {
			t.Fatal(err)
		}
		p.Drain(t.Context())
		if _, err := sumOverPool(t.Context(), 100, p); err == nil {
			t.Error("got no error")
		}
	})
}

func TestSumOverPoolEndsWhenItsTasksAreHandedBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := pool.New(pool.Config[task]{
			Workers: 1,
			Queue:   waiting,
			Handle: func(ctx context.Context, _ task) error {
				<-ctx.Done()
				return context.Cause(ctx)
			},
			Done: task.end,
		})
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() {
			_, err := sumOverPool(t.Context(), 10, p)
			ended <- err
		}()
		synctest.Wait()
		now, cancel := context.WithCancel(t.Context())
		cancel()
		drainPool(now, p)
		if err := <-ended; err != errCutOff {
			t.Errorf("got %v", err)
		}
	})
}

func TestHandlerRunsBothOnRequest(t *testing.T) {
	a, err := newApp(3)
	if err != nil {
		t.Fatal(err)
	}
	defer a.pool.Drain(context.Background())
	serving, end := context.WithCancel(t.Context())
	handler := a.handler(serving)
	get := func(target string) (int, string) {
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, target, nil))
		return recorder.Code, strings.TrimSpace(recorder.Body.String())
	}
	for _, way := range []string{"channel", "pool"} {
		wanted := fmt.Sprintf(`{"way":%q,"workers":3,"tasks":100,"sum":%d}`, way, sumTo100)
		if code, body := get("/" + way + "?n=100"); code != http.StatusOK || body != wanted {
			t.Errorf("%s: got %d %s", way, code, body)
		}
		for _, n := range []string{"", "0", "-1", "x", "100001"} {
			if code, _ := get("/" + way + "?n=" + n); code != http.StatusBadRequest {
				t.Errorf("%s, n = %q: got %d", way, n, code)
			}
		}
	}
	before, _ := get("/readyz")
	end()
	after, _ := get("/readyz")
	alive, _ := get("/healthz")
	if before != http.StatusOK || after != http.StatusServiceUnavailable || alive != http.StatusOK {
		t.Errorf("got %d, %d, %d", before, after, alive)
	}
}

func TestServeAnswersAndEnds(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, listener, 2, 0) }()
	response, err := http.Get("http://" + listener.Addr().String() + "/pool?n=3")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil || !strings.Contains(string(body), `"sum":14`) {
		t.Errorf("got %s, %v", body, err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("got %v", err)
	}
}

func TestReadWorkers(t *testing.T) {
	for text, wanted := range map[string]int{"": defaultWorkers, "1": 1, "16": 16} {
		if n, err := readWorkers(text); n != wanted || err != nil {
			t.Errorf("%q: got %d, %v", text, n, err)
		}
	}
	for _, text := range []string{"0", "-2", "two"} {
		if _, err := readWorkers(text); err == nil {
			t.Errorf("%q: got no error", text)
		}
	}
}
