package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"capstan/queue"
	"capstan/worker"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// web answers requests in place of a network.
type web func(*http.Request) (*http.Response, error)

func (w web) RoundTrip(r *http.Request) (*http.Response, error) { return w(r) }

// answer makes a response; a body that starts with "<" is HTML.
func answer(r *http.Request, status int, body string, header ...string) *http.Response {
	response := &http.Response{
		StatusCode: status, Status: http.StatusText(status), Header: http.Header{}, Request: r,
		Body: io.NopCloser(strings.NewReader(body)),
	}
	if strings.HasPrefix(body, "<") {
		response.Header.Set("Content-Type", "text/html; charset=utf-8")
	}
	for i := 0; i+1 < len(header); i += 2 {
		response.Header.Set(header[i], header[i+1])
	}
	return response
}

// page answers robots.txt with 404 and all else with one page.
func page(body string) web {
	return func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == "/robots.txt" {
			return answer(r, http.StatusNotFound, ""), nil
		}
		return answer(r, http.StatusOK, body), nil
	}
}

// fixture is a crawler on a made-up web, with a queue that only keeps notes.
type fixture struct {
	*crawler
	output string

	mu       sync.Mutex
	enqueued []Page
	refuse   error // what Enqueue gives, if anything
}

const attempts = 3

func newFixture(t *testing.T, given map[string]string, transport web) *fixture {
	t.Helper()
	f := &fixture{output: t.TempDir()}
	c, err := newCrawler(worker.Setup{
		Name: "crawl", Output: f.output, Settings: given, Slots: 4, MaxAttempts: attempts,
		Log: slog.New(slog.DiscardHandler),
		Enqueue: func(_ context.Context, _ string, payload any, _ ...queue.Option) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			if f.refuse != nil {
				return f.refuse
			}
			f.enqueued = append(f.enqueued, payload.(Page))
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	c.client.Transport = transport
	t.Cleanup(func() { _ = errors.Join(c.report.broken.Close(), c.report.pages.Close()) })
	f.crawler = c
	return f
}

func (f *fixture) visitAttempt(ctx context.Context, url string, attempt int) error {
	return f.handle(ctx, worker.Task[Page]{ID: url, Attempt: attempt, Payload: Page{URL: url, From: "http://from.test/"}})
}

func readLines[T any](t *testing.T, folder, name string) []T {
	t.Helper()
	file, err := os.Open(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []T
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var one T
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			t.Fatalf("%s: %v in %q", name, err, lines.Text())
		}
		all = append(all, one)
	}
	return all
}

func (f *fixture) pages(t *testing.T) []pageLine {
	return readLines[pageLine](t, f.output, "pages.jsonl")
}
func (f *fixture) broken(t *testing.T) []brokenLine {
	return readLines[brokenLine](t, f.output, "broken.jsonl")
}

// isPermanent tells whether the worker would try again.
func isPermanent(err error) bool { return holds(err, worker.Permanent(errors.New(""))) }

// waits tells whether an error asks for a delay of its own.
func waits(err error) bool { return holds(err, worker.RetryAfter(errors.New(""), 1)) }

func holds(err, marker error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if reflect.TypeOf(err) == reflect.TypeOf(marker) {
			return true
		}
	}
	return false
}
