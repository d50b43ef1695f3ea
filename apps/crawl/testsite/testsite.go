// Package testsite serves a small site of known shape, for tests of a crawler and
// for measuring one: the same options give the same pages, links and faults, and
// [Site.Truth] tells what a crawl has to find.
package testsite

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options is the shape of a site. The zero value of a field means its default.
type Options struct {
	// Pages that answer 200, all reachable from the first. Default 50.
	Pages int
	// Links of each page to other pages, besides those that make all reachable. Default 4.
	Links int
	// Broken is the share of broken links as a share of Pages, 0 to 1. They are,
	// in turn: gone (404), forbidden (403), failing (500), and a redirect loop.
	Broken float64
	// Redirects to pages, each linked once.
	Redirects int
	// Hangs is the number of linked URLs that never answer.
	Hangs int
	// Private is the number of linked URLs that robots.txt forbids.
	Private int
	// Latency is how long a page takes on average; each page has its own time,
	// half to one and a half of it, and every 50th takes four times as long.
	Latency time.Duration
	// PageBytes is about how long a page is. Default 8192.
	PageBytes int
	// Hosts are names of this machine that the pages are spread over: 127.0.0.1,
	// localhost, [::1]. Default 127.0.0.1.
	Hosts []string
	// Port to listen on. Default: any free one.
	Port int
	// Seed moves links and faults.
	Seed uint64
}

// Site is a site that is being served. Its methods are safe for concurrent use.
type Site struct {
	options Options
	origins []string // http://host:port of each host
	links   map[int][]string
	truth   Truth
	server  *http.Server
	closing chan struct{}
	serving sync.WaitGroup

	mu       sync.Mutex
	running  map[string]int
	peak     map[string]int
	requests map[string]int
}

// Start serves a site on loopback addresses until Close.
func Start(o Options) (*Site, error) {
	o = withDefaults(o)
	if o.Broken < 0 || o.Broken > 1 {
		return nil, fmt.Errorf("testsite: the share of broken links must be 0 to 1, got %g", o.Broken)
	}
	listeners, port, err := listen(o)
	if err != nil {
		return nil, fmt.Errorf("testsite: %w", err)
	}
	s := &Site{
		options: o, closing: make(chan struct{}),
		running: map[string]int{}, peak: map[string]int{}, requests: map[string]int{},
	}
	for _, host := range o.Hosts {
		s.origins = append(s.origins, fmt.Sprintf("http://%s:%d", host, port))
	}
	s.plan()
	s.server = &http.Server{Handler: http.HandlerFunc(s.serve), ReadHeaderTimeout: 10 * time.Second}
	for _, l := range listeners {
		s.serving.Go(func() {
			// Serve always ends with an error; Close is the only way to end it here.
			_ = s.server.Serve(l)
		})
	}
	return s, nil
}

func withDefaults(o Options) Options {
	if o.Pages == 0 {
		o.Pages = 50
	}
	if o.Links == 0 {
		o.Links = 4
	}
	if o.PageBytes == 0 {
		o.PageBytes = 8192
	}
	if len(o.Hosts) == 0 {
		o.Hosts = []string{"127.0.0.1"}
	}
	return o
}

// listen opens one port on each address that the hosts stand for. The system
// picks a port that is free on 127.0.0.1 only, so a few are tried.
func listen(o Options) ([]net.Listener, int, error) {
	var failures []error
	for range 5 {
		first, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", o.Port))
		if err != nil {
			return nil, 0, err
		}
		port := first.Addr().(*net.TCPAddr).Port
		if !strings.Contains(strings.Join(o.Hosts, " "), "::1") {
			return []net.Listener{first}, port, nil
		}
		second, err := net.Listen("tcp", fmt.Sprintf("[::1]:%d", port))
		if err == nil {
			return []net.Listener{first, second}, port, nil
		}
		failures = append(failures, err, first.Close())
	}
	return nil, 0, errors.Join(failures...)
}

// URL is the first page.
func (s *Site) URL() string { return s.pageURL(0) }

// HostNames are the site's hosts with their port.
func (s *Site) HostNames() []string {
	names := make([]string, len(s.origins))
	for i, origin := range s.origins {
		names[i] = strings.TrimPrefix(origin, "http://")
	}
	return names
}

// Truth is what a crawl from URL has to find. It belongs to the site: read only.
func (s *Site) Truth() Truth { return s.truth }

// PeakRequests is how many requests a host (as in HostNames) has served at a
// time, at most.
func (s *Site) PeakRequests(host string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.peak[host]
}

// Requests is how often a URL was asked for.
func (s *Site) Requests(url string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests[url]
}

// Close ends what is being served and returns when all of it has ended.
func (s *Site) Close() error {
	close(s.closing)
	err := s.server.Close()
	s.serving.Wait()
	return err
}
