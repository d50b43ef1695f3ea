package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync"

	"github.com/temoto/robotstxt"
	"golang.org/x/time/rate"
)

// hosts keeps what is known of each host and how much is asked of it at a time.
// A host is a name with its port.
type hosts struct {
	settings settings
	client   *http.Client

	mu    sync.Mutex
	known map[string]*host
}

func newHosts(s settings, client *http.Client) *hosts {
	return &hosts{settings: s, client: client, known: make(map[string]*host)}
}

func (h *hosts) of(u *url.URL) *host {
	key := u.Scheme + "://" + u.Host
	h.mu.Lock()
	defer h.mu.Unlock()
	found, ok := h.known[key]
	if !ok {
		pace := rate.Inf
		if h.settings.delay > 0 {
			pace = rate.Every(h.settings.delay)
		}
		found = &host{
			name: key, client: h.client, userAgent: h.settings.userAgent,
			slots: make(chan struct{}, h.settings.perHost), pace: rate.NewLimiter(pace, 1),
			loading: make(chan struct{}, 1),
		}
		h.known[key] = found
	}
	return found
}

type host struct {
	name      string
	client    *http.Client
	userAgent string
	slots     chan struct{} // one for each request that runs
	pace      *rate.Limiter

	loading chan struct{} // holds one value while robots.txt is read or looked at
	robots  *robotstxt.Group
}

// acquire waits for one of the host's requests; release gives it back and must
// be called once. The wait holds a slot of the pool, for as long as ctx lasts and
// no longer: a wait that cannot end in time fails, and the worker tries again.
func (h *host) acquire(ctx context.Context) (release func(), err error) {
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a request to %s: %w", h.name, ctx.Err())
	}
	if err := h.pace.Wait(ctx); err != nil {
		<-h.slots
		return nil, fmt.Errorf("wait for a request to %s: %w", h.name, err)
	}
	return func() { <-h.slots }, nil
}

// allows asks the host's robots.txt (RFC 9309), which is read once. Where it
// cannot be read, the error is what fetching a page would give as well.
func (h *host) allows(ctx context.Context, target *url.URL) (bool, error) {
	select {
	case h.loading <- struct{}{}:
		defer func() { <-h.loading }()
	case <-ctx.Done():
		return false, fmt.Errorf("wait for robots.txt of %s: %w", h.name, ctx.Err())
	}
	if h.robots == nil {
		if err := h.load(ctx); err != nil {
			return false, err
		}
	}
	return h.robots.Test(target.RequestURI()), nil
}
