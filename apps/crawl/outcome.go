package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"capstan/worker"
)

// maxRetryAfter is the longest wait a server may ask for; who asks for more is
// down for this crawl.
const maxRetryAfter = 5 * time.Minute

// brokenError is a verdict: asking again would not help.
type brokenError struct {
	status int // 0: no answer came
	err    error
}

func (e *brokenError) Error() string { return e.err.Error() }
func (e *brokenError) Unwrap() error { return e.err }

func (e *brokenError) line(target *url.URL, from string) brokenLine {
	return brokenLine{URL: target.String(), From: from, Status: e.status, Reason: e.Error()}
}

// passingError may be gone when asked again.
type passingError struct {
	status int // 0: no answer came
	after  time.Duration
	err    error
}

func (e *passingError) Error() string { return e.err.Error() }
func (e *passingError) Unwrap() error { return e.err }

func (e *passingError) retry() error {
	if e.after > 0 {
		return worker.RetryAfter(e, e.after)
	}
	return e
}

func (e *passingError) broken() error { return &brokenError{e.status, e.err} }

// classify judges why no answer came. A host that does not exist and a redirect
// that leads nowhere are verdicts; all else may pass.
func classify(err error) error {
	if asked := new(url.Error); errors.As(err, &asked) {
		err = asked.Err // the URL is in the report already
	}
	var dns *net.DNSError
	var network net.Error
	switch {
	case errors.Is(err, errRedirectLoop), errors.Is(err, errRedirectCount):
		return &brokenError{err: err}
	case errors.As(err, &dns) && dns.IsNotFound:
		return &brokenError{err: fmt.Errorf("DNS: no such host %q", dns.Name)}
	case errors.As(err, &network) && network.Timeout():
		return &passingError{err: errTimeout}
	}
	return &passingError{err: err}
}

var errTimeout = errors.New("timeout")

// statusError judges an answer by its status; nil: the page is there.
func statusError(r *http.Response) error {
	status := r.StatusCode
	if status < 400 {
		return nil
	}
	err := errors.New(http.StatusText(status))
	if http.StatusText(status) == "" {
		err = fmt.Errorf("status %d", status)
	}
	after := retryAfter(r.Header)
	passing := status >= 500 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout
	if !passing || status == http.StatusNotImplemented || after > maxRetryAfter {
		return &brokenError{status, err}
	}
	return &passingError{status, after, err}
}

// retryAfter reads the header of that name in its form of seconds (RFC 9110,
// 10.2.3); 0: there is none.
func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.ParseUint(h.Get("Retry-After"), 10, 31)
	if err != nil {
		return 0
	}
	return time.Duration(seconds) * time.Second
}
