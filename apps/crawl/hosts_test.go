package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// slow answers each page after a second and counts how many run at a time.
type slow struct {
	mu            sync.Mutex
	running, peak map[string]int
	starts        []time.Time
	robots        int
}

func (s *slow) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path == "/robots.txt" {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.robots++
		return answer(r, 404, ""), nil
	}
	s.begin(r.URL.Host, 1)
	defer s.begin(r.URL.Host, -1)
	time.Sleep(time.Second)
	return answer(r, 200, "text"), nil
}

func (s *slow) begin(host string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n > 0 {
		s.starts = append(s.starts, time.Now())
	}
	s.running[host] += n
	s.peak[host] = max(s.peak[host], s.running[host])
}

func TestHostsLimitRequestsAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slow{running: map[string]int{}, peak: map[string]int{}}
		f := newFixture(t, map[string]string{"perHost": "4"}, s.RoundTrip)
		start := time.Now()
		var tasks sync.WaitGroup
		for i := range 20 {
			for _, host := range []string{"a.test", "b.test"} {
				tasks.Go(func() {
					if err := f.visitAttempt(t.Context(), fmt.Sprintf("http://%s/%d", host, i), 1); err != nil {
						t.Error(err)
					}
				})
			}
		}
		tasks.Wait()
		for host, peak := range s.peak {
			if peak != 4 {
				t.Errorf("%s had %d requests at a time, want 4", host, peak)
			}
		}
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("20 pages of a second each took %v, want 5s by fours: hosts must not wait for one another", took)
		}
		if s.robots != 2 {
			t.Errorf("robots.txt was read %d times, want once for each host", s.robots)
		}
	})
}

func TestHostsKeepADelayBetweenRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slow{running: map[string]int{}, peak: map[string]int{}}
		f := newFixture(t, map[string]string{"delay": "300ms"}, s.RoundTrip)
		var tasks sync.WaitGroup
		for i := range 5 {
			tasks.Go(func() {
				if err := f.visitAttempt(t.Context(), fmt.Sprintf("http://a.test/%d", i), 1); err != nil {
					t.Error(err)
				}
			})
		}
		tasks.Wait()
		const rounding = time.Microsecond // of rate, which counts in fractions of a token
		for i := 1; i < len(s.starts); i++ {
			if gap := s.starts[i].Sub(s.starts[i-1]); gap < 300*time.Millisecond-rounding {
				t.Errorf("request %d came %v after the one before", i, gap)
			}
		}
	})
}

func TestAcquireFailsWhenItsContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, map[string]string{"perHost": "1"}, page("text"))
		target, err := normalise(nil, "http://a.test/")
		if err != nil {
			t.Fatal(err)
		}
		h := f.hosts.of(target)
		release, err := h.acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		start := time.Now()
		if _, err := h.acquire(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 3*time.Second {
			t.Errorf("got %v after %v, want the deadline after 3s", err, time.Since(start))
		}
		release()
		if again, err := h.acquire(t.Context()); err != nil {
			t.Errorf("after release: %v", err)
		} else {
			again()
		}
	})
}

func TestRobotsDecideWhatIsFetched(t *testing.T) {
	for name, c := range map[string]struct {
		status  int
		body    string
		allowed bool
	}{
		"none":               {404, "", true},
		"not for us":         {403, "", true},
		"all allowed":        {200, "User-agent: *\nDisallow:\n", true},
		"this path":          {200, "User-agent: *\nDisallow: /a\n", false},
		"another path":       {200, "User-agent: *\nDisallow: /b\n", true},
		"another crawler":    {200, "User-agent: greedy\nDisallow: /\n", true},
		"this crawler":       {200, "User-agent: capstan-crawl\nDisallow: /\n", false},
		"an exception":       {200, "User-agent: *\nDisallow: /\nAllow: /a\n", true},
		"leads to elsewhere": {302, "", true},
	} {
		f := newFixture(t, nil, func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == "/robots.txt" {
				return answer(r, c.status, c.body, "Location", "http://else.test/robots.txt"), nil
			}
			return answer(r, 200, "text"), nil
		})
		if err := f.visitAttempt(t.Context(), "http://site.test/a", 1); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := f.pages(t)[0]; (got.Skipped == "") != c.allowed {
			t.Errorf("%s: got %+v, allowed should be %t", name, got, c.allowed)
		}
	}
}

func TestHandleFailsForNowWhileRobotsCannotBeRead(t *testing.T) {
	status := http.StatusServiceUnavailable
	f := newFixture(t, nil, func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == "/robots.txt" {
			return answer(r, status, ""), nil
		}
		return answer(r, 200, "text"), nil
	})
	if err := f.visitAttempt(t.Context(), "http://site.test/", 1); err == nil || isPermanent(err) {
		t.Errorf("got %v, want one that is tried again", err)
	}
	status = http.StatusNotFound
	if err := f.visitAttempt(t.Context(), "http://site.test/", 2); err != nil || len(f.pages(t)) != 1 {
		t.Errorf("once it answers: got %v, %v", err, f.pages(t))
	}
}
