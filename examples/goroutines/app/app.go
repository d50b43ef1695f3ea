package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"capstan/pool"
)

// most bounds what one request asks for.
const most = 100_000

type app struct {
	workers int
	pool    *pool.Pool[task]
}

type answer struct {
	Way     string `json:"way"`
	Workers int    `json:"workers"`
	Tasks   int    `json:"tasks"`
	Sum     int64  `json:"sum"`
}

func newApp(workers int) (*app, error) {
	p, err := newPool(workers)
	return &app{workers: workers, pool: p}, err
}

// handler answers requests; the pod is ready until serving ends.
func (a *app) handler(serving context.Context) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /channel", a.sum("channel", func(ctx context.Context, n int) (int64, error) {
		return sumOverChannel(ctx, n, a.workers)
	}))
	mux.HandleFunc("GET /pool", a.sum("pool", func(ctx context.Context, n int) (int64, error) {
		return sumOverPool(ctx, n, a.pool)
	}))
	mux.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if serving.Err() != nil {
			http.Error(w, "ending", http.StatusServiceUnavailable)
		}
	})
	return mux
}

func (a *app) sum(way string, of func(ctx context.Context, n int) (int64, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		text := r.URL.Query().Get("n")
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > most {
			http.Error(w, fmt.Sprintf("n: wanted a number from 1 to %d, got %q", most, text), http.StatusBadRequest)
			return
		}
		sum, err := of(r.Context(), n)
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(answer{Way: way, Workers: a.workers, Tasks: n, Sum: sum})
	}
}
