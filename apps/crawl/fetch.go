package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"time"
)

// maxHeader bounds the header of an answer, in bytes.
const maxHeader = 64 << 10

var (
	errRedirectLoop  = errors.New("redirect loop")
	errRedirectCount = errors.New("too many redirects")
)

// newClient makes the one client of a crawl. It follows redirects on the same
// host only, and keeps as many connections open as requests may run.
func newClient(s settings, slots int) *http.Client {
	transport := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: s.timeout}).DialContext,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           max(slots, s.perHost),
		MaxIdleConnsPerHost:    s.perHost,
		IdleConnTimeout:        30 * time.Second,
		TLSHandshakeTimeout:    s.timeout,
		MaxResponseHeaderBytes: maxHeader,
	}
	return &http.Client{Transport: transport, Timeout: s.timeout, CheckRedirect: redirectPolicy(s.maxRedirects)}
}

func redirectPolicy(most int) func(*http.Request, []*http.Request) error {
	return func(next *http.Request, before []*http.Request) error {
		if next.URL.Host != before[0].URL.Host || next.URL.Scheme != before[0].URL.Scheme {
			return http.ErrUseLastResponse // counts as a link
		}
		for _, request := range before {
			if request.URL.RequestURI() == next.URL.RequestURI() {
				return errRedirectLoop
			}
		}
		if len(before) > most {
			return errRedirectCount
		}
		return nil
	}
}

// visit is what a page gave.
type visit struct {
	status  int
	final   *url.URL // after redirects
	kind    string   // media type
	bytes   int64    // read of the body
	links   []*url.URL
	cut     bool   // the body goes on after maxBody
	skipped string // why it was not fetched, if so
	elapsed time.Duration
}

// fetch gets a page and reads its links as the body arrives.
func (c *crawler) fetch(ctx context.Context, target *url.URL) (visit, error) {
	start := time.Now()
	response, err := c.do(ctx, http.MethodGet, target)
	if err != nil {
		return visit{}, err
	}
	defer response.Body.Close()
	v := visit{status: response.StatusCode, final: response.Request.URL}
	if response.StatusCode >= 300 && response.StatusCode < 400 {
		if next, err := normalise(response.Request.URL, response.Header.Get("Location")); err == nil {
			v.links = append(v.links, next)
		}
		v.elapsed = time.Since(start)
		return v, nil
	}
	v.kind, _, _ = mime.ParseMediaType(response.Header.Get("Content-Type"))
	if v.kind == "text/html" || v.kind == "application/xhtml+xml" {
		body := &io.LimitedReader{R: response.Body, N: c.settings.maxBody}
		if v.links, err = readLinks(body, v.final); err != nil {
			return visit{}, classify(err)
		}
		v.bytes = c.settings.maxBody - body.N
		if body.N == 0 {
			_, err := io.ReadFull(response.Body, make([]byte, 1))
			v.cut = err == nil
		}
	}
	v.elapsed = time.Since(start)
	return v, nil
}

// check asks whether a page is there, without fetching it. Servers that know no
// HEAD are asked with GET.
func (c *crawler) check(ctx context.Context, target *url.URL) (visit, error) {
	start := time.Now()
	response, err := c.do(ctx, http.MethodHead, target)
	var broken *brokenError
	if errors.As(err, &broken) && (broken.status == http.StatusMethodNotAllowed || broken.status == http.StatusNotImplemented) {
		response, err = c.do(ctx, http.MethodGet, target)
	}
	if err != nil {
		return visit{}, err
	}
	response.Body.Close()
	return visit{status: response.StatusCode, final: response.Request.URL, elapsed: time.Since(start)}, nil
}

// do sends a request; an error is a [brokenError] or a [passingError], and there
// is no body to close then.
func (c *crawler) do(ctx context.Context, method string, target *url.URL) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, target.String(), nil)
	if err != nil {
		return nil, &brokenError{err: fmt.Errorf("make request: %w", err)}
	}
	request.Header.Set("User-Agent", c.settings.userAgent)
	response, err := c.client.Do(request)
	if err != nil {
		return nil, classify(err)
	}
	if err := statusError(response); err != nil {
		response.Body.Close()
		return nil, err
	}
	return response, nil
}
