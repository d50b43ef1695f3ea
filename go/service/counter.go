package service

import (
	"net/http"
	"sync/atomic"
)

// counter counts requests.
type counter struct{ n atomic.Int64 }

func (c *counter) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.n.Add(1)
		next.ServeHTTP(w, r)
	})
}

func (c *counter) value() int { return int(c.n.Load()) }
