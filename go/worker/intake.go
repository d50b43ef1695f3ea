package worker

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"sync/atomic"

	"capstan/internal/pod"
	"capstan/queue"
)

const (
	// idHeader carries the id that makes a repeated POST harmless.
	idHeader = "Idempotency-Key"
	// retryAfterSeconds is the hint that goes with 429 and 503.
	retryAfterSeconds = "1"
)

// intake takes tasks over HTTP: POST /tasks with the payload, a JSON document, as the body. The
// query parameter `id` or the header Idempotency-Key makes a repeated one count once.
//
//	202 taken, or known by its id   408 the body took over 10 s
//	400 not JSON, or a query that cannot be read, in which an id might be lost
//	409 the id is what a task without one was named
//	413 over source.memory.payloadBytes
//	429 the queue is full           503 the worker drains
type intake struct {
	queue        queue.Enqueuer
	payloadBytes int64 // the largest body
	closed       atomic.Bool
}

// close refuses tasks from now on.
func (i *intake) close() { i.closed.Store(true) }

func (i *intake) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /tasks", i.post)
	return mux
}

func (i *intake) post(w http.ResponseWriter, r *http.Request) {
	if i.closed.Load() {
		refuse(w, "the worker is draining", http.StatusServiceUnavailable)
		return
	}
	id, err := taskID(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	payload, err := io.ReadAll(http.MaxBytesReader(w, r.Body, i.payloadBytes))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		i.refuseSize(w)
		return
	case errors.Is(err, os.ErrDeadlineExceeded):
		http.Error(w, fmt.Sprintf("the request took more than %v", pod.ReadTimeout), http.StatusRequestTimeout)
		return
	case err != nil:
		http.Error(w, "the body ended early: "+err.Error(), http.StatusBadRequest)
		return
	case !json.Valid(payload):
		http.Error(w, "the body is not a JSON document", http.StatusBadRequest)
		return
	}
	switch err := i.queue.Enqueue(r.Context(), queue.Task{ID: id, Payload: payload}); {
	case err == nil:
		w.WriteHeader(http.StatusAccepted)
	case errors.Is(err, queue.ErrTooLarge):
		i.refuseSize(w)
	case errors.Is(err, queue.ErrNameTaken):
		http.Error(w, err.Error(), http.StatusConflict)
	case errors.Is(err, queue.ErrFull):
		refuse(w, "the queue is full", http.StatusTooManyRequests)
	case errors.Is(err, queue.ErrClosed):
		refuse(w, "the worker is draining", http.StatusServiceUnavailable)
	default:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func (i *intake) refuseSize(w http.ResponseWriter) {
	text := fmt.Sprintf("the body and the id are over %d bytes (source.memory.payloadBytes); store the input and send its name", i.payloadBytes)
	http.Error(w, text, http.StatusRequestEntityTooLarge)
}

// taskID is the name that a request gives its task; empty: none. Of a query that cannot be read, the
// URL's own parser would leave out parts without a word.
func taskID(r *http.Request) (string, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return "", fmt.Errorf("the query cannot be read: %w. Encode the id, as by encodeURIComponent", err)
	}
	if id := query.Get("id"); id != "" {
		return id, nil
	}
	return r.Header.Get(idHeader), nil
}

func refuse(w http.ResponseWriter, text string, status int) {
	w.Header().Set("Retry-After", retryAfterSeconds)
	http.Error(w, text, status)
}
