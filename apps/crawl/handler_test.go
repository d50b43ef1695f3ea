package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"capstan/queue"
	"capstan/worker"
)

func TestHandleJudgesAnswers(t *testing.T) {
	notFound := &net.DNSError{Err: "no such host", Name: "site.test", IsNotFound: true}
	cases := map[string]struct {
		status int
		header []string
		err    error
		reason string // of the line in broken.jsonl
		tries  int    // attempts until that line is there
		waits  bool   // whether earlier ones ask for a delay
	}{
		"not found":            {status: 404, reason: "Not Found", tries: 1},
		"not allowed":          {status: 403, reason: "Forbidden", tries: 1},
		"unknown 4xx":          {status: 499, reason: "status 499", tries: 1},
		"not implemented":      {status: 501, reason: "Not Implemented", tries: 1},
		"failing":              {status: 500, reason: "Internal Server Error", tries: attempts},
		"busy":                 {status: 429, header: []string{"Retry-After", "7"}, reason: "Too Many Requests", tries: attempts, waits: true},
		"down for the day":     {status: 503, header: []string{"Retry-After", "86400"}, reason: "Service Unavailable", tries: 1},
		"down until a date":    {status: 503, header: []string{"Retry-After", "Fri, 31 Dec 2027 23:59:59 GMT"}, reason: "Service Unavailable", tries: attempts},
		"no such host":         {err: notFound, reason: `DNS: no such host "site.test"`, tries: 1},
		"name server down":     {err: &net.DNSError{Err: "server misbehaving", Name: "site.test", IsTemporary: true}, reason: "server misbehaving", tries: attempts},
		"connection refused":   {err: errors.New("connection refused"), reason: "connection refused", tries: attempts},
		"redirect to nowhere":  {status: 302, header: []string{"Location", "/a"}, reason: "redirect loop", tries: 1},
		"redirect ever onward": {status: 302, header: []string{"Location", "+"}, reason: "too many redirects", tries: 1},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, nil, func(r *http.Request) (*http.Response, error) {
				if r.URL.Path == "/robots.txt" {
					return answer(r, 404, ""), nil
				}
				if c.err != nil {
					return nil, c.err
				}
				header := slices.Clone(c.header)
				if i := slices.Index(header, "+"); i >= 0 {
					header[i] = r.URL.Path + "+"
				}
				return answer(r, c.status, "", header...), nil
			})
			for attempt := 1; attempt < c.tries; attempt++ {
				err := f.visitAttempt(t.Context(), "http://site.test/a", attempt)
				if err == nil || isPermanent(err) || waits(err) != c.waits {
					t.Fatalf("attempt %d: got %v (waits: %t), want one that is tried again", attempt, err, waits(err))
				}
			}
			if got := f.broken(t); len(got) != 0 {
				t.Fatalf("reported before its last attempt: %v", got)
			}
			if err := f.visitAttempt(t.Context(), "http://site.test/a", c.tries); err != nil {
				t.Fatalf("the last attempt gave %v, want a line in the report", err)
			}
			got := f.broken(t)
			if len(got) != 1 || got[0].URL != "http://site.test/a" || got[0].From != "http://from.test/" ||
				!strings.Contains(got[0].Reason, c.reason) || c.err == nil && c.status >= 400 && got[0].Status != c.status {
				t.Errorf("got %+v, want one line with %q", got, c.reason)
			}
		})
	}
}

func TestHandleReportsAPageThatNeverAnswersAsATimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, map[string]string{"timeout": "5s"}, func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == "/robots.txt" {
				return answer(r, 404, ""), nil
			}
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		start := time.Now()
		if err := f.visitAttempt(t.Context(), "http://site.test/", attempts); err != nil {
			t.Fatal(err)
		}
		if got := f.broken(t); len(got) != 1 || got[0].Reason != "timeout" || got[0].Status != 0 {
			t.Errorf("got %+v, want a timeout", got)
		}
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("took %v, the timeout is 5s", took)
		}
	})
}

func TestHandleFailsForNowWhenItsTaskIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := newFixture(t, nil, func(r *http.Request) (*http.Response, error) {
		cancel()
		return nil, r.Context().Err()
	})
	err := f.visitAttempt(ctx, "http://site.test/", attempts)
	if !errors.Is(err, context.Canceled) || isPermanent(err) {
		t.Errorf("got %v, want the end of the context", err)
	}
	if len(f.broken(t)) != 0 {
		t.Error("the page was judged")
	}
}

func TestHandleFailsForGoodWithoutAURL(t *testing.T) {
	f := newFixture(t, nil, page(""))
	for _, url := range []string{"", "/relative", "ftp://site.test/", "file:///etc/passwd", "http://", "http://a b/"} {
		if err := f.visitAttempt(t.Context(), url, 1); !isPermanent(err) {
			t.Errorf("%q: got %v, want a permanent error", url, err)
		}
	}
}

func TestHandleFollowsLinksOfTheSiteOnce(t *testing.T) {
	body := `<a href="/b"><a href="b#x"><a href="http://SITE.test:80/%62"><a href="/"><a href="http://other.test/">`
	f := newFixture(t, map[string]string{"hosts": "sister.test"}, page(body+`<a href="http://sister.test/">`))
	for _, url := range []string{"http://site.test/", "http://site.test/c"} {
		if err := f.visitAttempt(t.Context(), url, 1); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, p := range f.enqueued {
		got = append(got, p.URL)
		if p.External || p.From != "http://site.test/" {
			t.Errorf("enqueued %+v", p)
		}
	}
	compare(t, "followed", got, []string{"http://site.test/b", "http://sister.test/"})
	if err := f.visitAttempt(t.Context(), "http://site.test:80/c#seed", 1); !errors.Is(err, worker.ErrAlreadyDone) {
		t.Errorf("another task for the same page gave %v, want ErrAlreadyDone", err)
	}
}

func TestHandleChecksLinksToOtherSitesWithHead(t *testing.T) {
	var methods []string
	f := newFixture(t, map[string]string{"external": "check"}, func(r *http.Request) (*http.Response, error) {
		switch {
		case r.URL.Path == "/robots.txt":
			return answer(r, 404, ""), nil
		case r.URL.Host == "site.test":
			return answer(r, 200, `<a href="http://other.test/"><a href="http://gone.test/">`), nil
		}
		methods = append(methods, r.Method)
		if r.URL.Host == "gone.test" {
			return answer(r, 410, ""), nil
		}
		if r.Method == http.MethodHead {
			return answer(r, 405, ""), nil
		}
		return answer(r, 200, `<a href="/deeper">`), nil
	})
	if err := f.visitAttempt(t.Context(), "http://site.test/", 1); err != nil {
		t.Fatal(err)
	}
	if len(f.enqueued) != 2 || !f.enqueued[0].External || !f.enqueued[1].External {
		t.Fatalf("enqueued %+v, want both links as external", f.enqueued)
	}
	for _, p := range slices.Clone(f.enqueued) {
		task := worker.Task[Page]{ID: "HEAD " + p.URL, Attempt: 1, Payload: p}
		if err := f.handle(t.Context(), task); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"HEAD", "GET", "HEAD"}; !slices.Equal(methods, want) {
		t.Errorf("asked with %v, want %v", methods, want)
	}
	if got := f.broken(t); len(got) != 1 || got[0].URL != "http://gone.test/" {
		t.Errorf("got %+v, want http://gone.test/", got)
	}
	if len(f.enqueued) != 2 {
		t.Errorf("followed links of another site: %+v", f.enqueued)
	}
}

func TestHandleTakesARedirectToAnotherHostAsALink(t *testing.T) {
	f := newFixture(t, map[string]string{"hosts": "new.test"}, func(r *http.Request) (*http.Response, error) {
		if r.URL.Host != "site.test" {
			t.Errorf("asked for %s", r.URL)
		}
		if r.URL.Path == "/robots.txt" {
			return answer(r, 404, ""), nil
		}
		return answer(r, 301, "", "Location", "http://new.test/home"), nil
	})
	if err := f.visitAttempt(t.Context(), "http://site.test/", 1); err != nil {
		t.Fatal(err)
	}
	if len(f.enqueued) != 1 || f.enqueued[0].URL != "http://new.test/home" {
		t.Errorf("enqueued %+v, want http://new.test/home", f.enqueued)
	}
	if got := f.pages(t); len(got) != 1 || got[0].Status != 301 {
		t.Errorf("reported %+v, want the redirect", got)
	}
}

func TestHandleFailsForNowWhenTheQueueIsFull(t *testing.T) {
	f := newFixture(t, nil, page(`<a href="/b">`))
	f.refuse = queue.ErrFull
	err := f.visitAttempt(t.Context(), "http://site.test/", 1)
	if !waits(err) || !errors.Is(err, queue.ErrFull) || len(f.pages(t)) != 0 {
		t.Fatalf("got %v and %v, want a later attempt and no line yet", err, f.pages(t))
	}
	f.refuse = nil
	if err := f.visitAttempt(t.Context(), "http://site.test/", 2); err != nil {
		t.Fatal(err)
	}
	if len(f.enqueued) != 1 || len(f.pages(t)) != 1 {
		t.Errorf("enqueued %v, reported %v: want one each", f.enqueued, f.pages(t))
	}
	f.refuse = worker.ErrNoEnqueue
	if err := f.visitAttempt(t.Context(), "http://else.test/", 1); !isPermanent(err) {
		t.Errorf("a source that takes no tasks gave %v, want a permanent error", err)
	}
}

func TestHandleStopsFollowingAtMaxPages(t *testing.T) {
	var body strings.Builder
	for i := range 20 {
		body.WriteString(`<a href="/p` + strconv.Itoa(i) + `">`)
	}
	f := newFixture(t, map[string]string{"maxPages": "7"}, page(body.String()))
	if err := f.visitAttempt(t.Context(), "http://site.test/", 1); err != nil {
		t.Fatal(err)
	}
	if len(f.enqueued) != 7 {
		t.Errorf("followed %d links, want 7", len(f.enqueued))
	}
}

func TestHandleReadsNoMoreThanMaxBody(t *testing.T) {
	body := `<a href="/first">` + strings.Repeat("x", 1000) + `<a href="/last">`
	for limit, want := range map[int]pageLine{
		500:           {Bytes: 500, Links: 1, Truncated: true},
		len(body) - 1: {Bytes: int64(len(body) - 1), Links: 1, Truncated: true},
		len(body):     {Bytes: int64(len(body)), Links: 2},
		5000:          {Bytes: int64(len(body)), Links: 2},
	} {
		f := newFixture(t, map[string]string{"maxBody": strconv.Itoa(limit)}, page(body))
		if err := f.visitAttempt(t.Context(), "http://site.test/", 1); err != nil {
			t.Fatal(err)
		}
		got := f.pages(t)[0]
		if got.Bytes != want.Bytes || got.Links != want.Links || got.Truncated != want.Truncated {
			t.Errorf("limit %d: got %+v, want %+v", limit, got, want)
		}
	}
}
