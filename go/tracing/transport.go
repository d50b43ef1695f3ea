package tracing

import (
	"cmp"
	"io"
	"net/http"
	"sync"
)

// Transport makes a span of each request that is made with the context of a task or a request, and
// sends its context along. The span ends with the body of the answer.
//
//	client := &http.Client{Transport: tracing.Transport{}}
type Transport struct {
	// Base makes the requests. nil: http.DefaultTransport.
	Base http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (t Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	r, end := of(r.Context()).Call(r)
	answer, err := cmp.Or[http.RoundTripper](t.Base, http.DefaultTransport).RoundTrip(r)
	if err != nil {
		end(0, err)
		return answer, err
	}
	code := answer.StatusCode
	if code == http.StatusSwitchingProtocols { // its body is a connection, which can be written to
		end(code, nil)
		return answer, nil
	}
	answer.Body = &body{ReadCloser: answer.Body, end: sync.OnceFunc(func() { end(code, nil) })}
	return answer, nil
}

// body ends a span with the body that it wraps.
type body struct {
	io.ReadCloser
	end func()
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.end()
	}
	return n, err
}

func (b *body) Close() error {
	defer b.end()
	return b.ReadCloser.Close()
}
