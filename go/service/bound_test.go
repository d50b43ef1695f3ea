package service

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestTheBoundIsNeverExceededAndEachRequestIsAnswered(t *testing.T) {
	const clients, each = 40, 50
	var now, peak, handled atomic.Int64
	release := make(chan struct{}) // once some were refused
	r := newRig(t, func(w http.ResponseWriter, _ *http.Request) {
		defer now.Add(-1)
		if n := now.Add(1); n > peak.Load() {
			peak.Store(n)
		}
		handled.Add(1)
		<-release
	})
	r.config.Pool.Slots, r.config.Queue.Length, r.config.Queue.MaxWaitSeconds = 7, 5, 60
	r.start()
	var answered [600]atomic.Int64
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for range each {
				status, header, text := r.call("GET", "/", nil)
				answered[status].Add(1)
				if status == 503 && header.Get("Retry-After") != "60" {
					t.Errorf("refused without a hint: %v %s", header, text)
				}
			}
		})
	}
	r.until("more than the slots and the waiting room take", func() bool {
		return r.metric("capstan_requests_in_flight") == 7 && r.metric(`capstan_requests_refused_total{reason="full"}`) > 0
	})
	close(release)
	all.Wait()
	ok, refused := answered[200].Load(), answered[503].Load()
	if ok+refused != clients*each || ok != handled.Load() || refused == 0 {
		t.Errorf("%d ok, %d refused, %d handled of %d", ok, refused, handled.Load(), clients*each)
	}
	if peak.Load() != 7 {
		t.Errorf("%d requests at once, the bound is 7", peak.Load())
	}
	if got := r.metric(`capstan_requests_total{code="200",protocol="http"}`); got != float64(ok) {
		t.Errorf("the metric counts %v of %d answers", got, ok)
	}
	if got := r.metric(`capstan_requests_refused_total{reason="full"}`); got != float64(refused) {
		t.Errorf("the metric counts %v of %d refusals", got, refused)
	}
	if got := r.metric("capstan_requests_in_flight"); got != 0 {
		t.Errorf("%v in flight", got)
	}
	if got := r.metric("capstan_service_utilization"); got <= 0 || got > 1 {
		t.Errorf("utilisation %v", got)
	}
}

func TestBeyondTheWaitingRoomRequestsAreRefusedAtOnce(t *testing.T) {
	release := make(chan struct{})
	r := newRig(t, func(http.ResponseWriter, *http.Request) { <-release }).start()
	var answers sync.WaitGroup
	for range 2 + 3 { // slots, waiting room
		answers.Go(func() {
			if status, _, text := r.call("GET", "/", nil); status != 200 {
				t.Errorf("answered %d %s", status, text)
			}
		})
	}
	r.until("full", func() bool {
		return r.metric("capstan_requests_in_flight") == 2 && r.metric("capstan_requests_waiting") == 3
	})
	if status, _, text := r.call("GET", "/", nil); status != 503 || !strings.Contains(text, "full") {
		t.Errorf("a sixth was answered %d %s", status, text)
	}
	close(release)
	answers.Wait()
}

func TestAGateLetsInInOrderAndNobodyWaitsTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1, 3, 5*time.Second)
		if err := g.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		var order []string
		var all sync.WaitGroup
		enter := func(name string, ctx context.Context, want error) {
			all.Go(func() {
				if err := g.enter(ctx); !errors.Is(err, want) {
					t.Errorf("%s got %v, want %v", name, err, want)
				} else if err == nil {
					order = append(order, name)
					g.leave()
				}
			})
			synctest.Wait()
		}
		gone, leave := context.WithCancel(t.Context())
		enter("impatient", gone, context.Canceled)
		enter("first", t.Context(), nil)
		enter("second", t.Context(), nil)
		enter("too many", t.Context(), errFull)
		leave()
		synctest.Wait()
		enter("last", t.Context(), nil)
		time.Sleep(4 * time.Second)
		g.leave()
		all.Wait()
		if strings.Join(order, " ") != "first second last" {
			t.Errorf("let in %v", order)
		}
		if err := g.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		enter("too long", t.Context(), errWaited)
		all.Wait()
		if waited := time.Since(began); waited != 5*time.Second {
			t.Errorf("waited %v", waited)
		}
		g.leave()
		if s := g.stats(); s.busy != 0 || s.waiting != 0 || s.busyTime != 9*time.Second || s.slotTime != 9*time.Second {
			t.Errorf("left %+v", s)
		}
		if err := g.awaitIdle(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestTheReportCountsRequestsThatWereHandled(t *testing.T) {
	release := make(chan struct{})
	r := newRig(t, func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/panic" {
			panic("broken")
		}
		<-release
	})
	r.config.Pool.Slots, r.config.Queue.Length = 1, 0
	r.config.Protocols = []protocol{protocolHTTP}
	r.start()
	expect := func(want int, method, path string, body io.Reader, kind string) {
		t.Helper()
		request, err := http.NewRequest(method, r.url(8080)+path, body)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", kind)
		if status, _, text := r.do(request); status != want {
			t.Errorf("%s %s is answered %d %s, want %d", method, path, status, text, want)
		}
	}
	expect(500, "GET", "/panic", nil, "") // handled, if badly
	expect(413, "PUT", "/", strings.NewReader(strings.Repeat("x", 1001)), "")
	expect(415, "POST", "/", strings.NewReader("x"), "application/grpc")
	var held sync.WaitGroup
	held.Go(func() { expect(200, "GET", "/", nil, "") })
	r.until("full", func() bool { return r.metric("capstan_requests_in_flight") == 1 })
	for range 5 {
		expect(503, "GET", "/", nil, "")
	}
	close(release)
	held.Wait()
	r.term()
	if report := r.wait(); report.Requests != 2 {
		t.Errorf("%d requests are reported, 2 were handled", report.Requests)
	}
}

func TestBodiesAreBounded(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			var tooLarge *http.MaxBytesError
			if !errors.As(err, &tooLarge) {
				t.Errorf("error %v", err)
			}
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		}
	}).start()
	for size, want := range map[int]int{1000: 200, 1001: 413} {
		body := strings.Repeat("x", size)
		if status, _, text := r.call("PUT", "/", strings.NewReader(body)); status != want {
			t.Errorf("%d bytes are answered %d %s", size, status, text)
		}
		// Of unknown length: the handler finds out.
		if status, _, text := r.call("PUT", "/", io.MultiReader(strings.NewReader(body))); status != want {
			t.Errorf("%d bytes in chunks are answered %d %s", size, status, text)
		}
	}
}

func TestARequestThatTakesTooLongIsAnswered(t *testing.T) {
	r := newRig(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	r.config.Request.MaxSeconds = 0.05
	r.start()
	if status, _, text := r.call("GET", "/", nil); status != 503 || !strings.Contains(text, "took more than 50ms") {
		t.Fatalf("answered %d %s", status, text)
	}
}

func TestAPanicIsAnsweredAndLoggedAndGivesItsSlotBack(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/late" {
			_, _ = io.WriteString(w, "half")
			_ = http.NewResponseController(w).Flush()
		}
		panic("broken")
	}).start()
	for range 5 {
		if status, _, _ := r.call("GET", "/", nil); status != 500 {
			t.Fatalf("answered %d", status)
		}
		if status, _, text := r.call("GET", "/late", nil); status != 0 {
			t.Fatalf("half an answer came as a whole: %d %s", status, text)
		}
	}
	if !r.log.has(`"panic":"broken"`) || !r.log.has("bound_test.go") {
		t.Error("no panic with its stack in the log")
	}
	if got := r.metric("capstan_request_panics_total"); got != 10 {
		t.Errorf("%v panics counted", got)
	}
	r.until("idle", func() bool { return r.metric("capstan_requests_in_flight") == 0 })
}

func TestAStatusThatIsNoneIsAnsweredAsAPanic(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(1000) }).start()
	if status, _, text := r.call("GET", "/", nil); status != 500 {
		t.Errorf("HTTP/1.1 is answered %d %s", status, text)
	}
	response, err := http2Client(t).Get(r.url(8080) + "/")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != 500 {
		t.Errorf("HTTP/2 is answered %s", response.Status)
	}
	if got := r.metric(`capstan_requests_total{code="500",protocol="http"}`); got != 2 {
		t.Errorf("%v answers of 500 counted", got)
	}
}
