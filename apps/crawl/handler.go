// Command crawl fetches the pages of a site, follows its links and reports the
// broken ones.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"capstan/queue"
	"capstan/worker"
)

// Page is one task: a URL to fetch. The seeds of a crawl are pages too.
type Page struct {
	// URL is absolute, http or https.
	URL string `json:"url"`
	// From is the page that first linked to it; empty for a seed.
	From string `json:"from,omitempty"`
	// External marks a page of another site: it is asked for with HEAD, and its
	// links are not followed.
	External bool `json:"external,omitempty"`
}

// crawler is what the tasks of one crawl share. All of it is safe for
// concurrent use.
type crawler struct {
	settings settings
	client   *http.Client
	hosts    *hosts
	report   *report
	log      *slog.Logger
	enqueue  func(ctx context.Context, id string, payload any, options ...queue.Option) error
	attempts int

	owners   sync.Map     // taskID → id of the task that does it, which a seed chooses otherwise
	followed atomic.Int64 // pages of the site that were enqueued
	full     sync.Once    // says once that maxPages is reached
}

// New builds a crawl. Its handler fetches one page, enqueues the links of it
// that belong to the same site (one task for each URL, see [normalise]) and
// writes a line to `<output>/pages.jsonl`; what is broken gets one in
// `<output>/broken.jsonl`. Both files are begun anew.
//
// A broken page is a result and not a failure. What may pass (5xx, 429, a
// timeout, a refused connection) is an error that the worker tries again; at the
// last attempt it becomes a result as well. The settings are listed at
// [settings]; every bad one is reported at once.
func New(setup worker.Setup) (worker.Handler[Page], error) {
	c, err := newCrawler(setup)
	if err != nil {
		return nil, err
	}
	return c.handle, nil
}

func newCrawler(setup worker.Setup) (*crawler, error) {
	s, err := parseSettings(setup.Settings)
	if err != nil {
		return nil, err
	}
	if setup.Output == "" {
		return nil, errors.New("crawl needs folders.output, where it writes its report")
	}
	r, err := newReport(setup.Output)
	if err != nil {
		return nil, err
	}
	client := newClient(s, setup.Slots)
	return &crawler{
		settings: s, client: client, hosts: newHosts(s, client), report: r,
		log: setup.Log, enqueue: setup.Enqueue, attempts: setup.MaxAttempts,
	}, nil
}

func (c *crawler) handle(ctx context.Context, t worker.Task[Page]) error {
	target, err := normalise(nil, t.Payload.URL)
	if err != nil {
		return worker.Permanent(err)
	}
	id := taskID(target, t.Payload.External)
	if owner, taken := c.owners.LoadOrStore(id, t.ID); taken && owner != t.ID {
		return worker.ErrAlreadyDone // a seed that is linked to as well
	}
	result, err := c.visit(ctx, target, t.Payload.External)
	if errors.Is(ctx.Err(), context.Canceled) {
		return fmt.Errorf("fetch page: %w", ctx.Err()) // handed back: no verdict on the page
	}
	var passing *passingError
	if errors.As(err, &passing) {
		if c.attempts == 0 || t.Attempt < c.attempts {
			return passing.retry()
		}
		err = passing.broken()
	}
	var broken *brokenError
	if errors.As(err, &broken) {
		return c.report.addBroken(broken.line(target, t.Payload.From))
	}
	if err != nil {
		return err
	}
	if err := c.follow(ctx, target, result.links); err != nil {
		return err
	}
	return c.report.addPage(result.line(target, t.Payload.From))
}

// visit fetches a page once robots.txt and the limits of its host allow it.
func (c *crawler) visit(ctx context.Context, target *url.URL, external bool) (visit, error) {
	h := c.hosts.of(target)
	release, err := h.acquire(ctx)
	if err != nil {
		return visit{}, err
	}
	defer release()
	if external {
		return c.check(ctx, target)
	}
	allowed, err := h.allows(ctx, target)
	if err != nil {
		return visit{}, err
	}
	if !allowed {
		return visit{skipped: "robots.txt does not allow it"}, nil
	}
	return c.fetch(ctx, target)
}

// follow enqueues links. A link that cannot be enqueued for now makes the page
// be fetched again later; what is enqueued by then stays so.
func (c *crawler) follow(ctx context.Context, page *url.URL, links []*url.URL) error {
	for _, link := range links {
		external := link.Host != page.Host && !c.settings.hosts[link.Host]
		if external && !c.settings.checkExternal {
			continue
		}
		id := taskID(link, external)
		if _, known := c.owners.Load(id); known {
			continue
		}
		if !external && c.followed.Load() >= int64(c.settings.maxPages) {
			c.full.Do(func() {
				c.log.Warn("maxPages is reached: further links are not followed", "maxPages", c.settings.maxPages)
			})
			continue
		}
		if _, known := c.owners.LoadOrStore(id, id); known {
			continue
		}
		err := c.enqueue(ctx, id, Page{URL: link.String(), From: page.String(), External: external})
		if err != nil {
			c.owners.Delete(id)
			return enqueueError(err)
		}
		if !external {
			c.followed.Add(1)
		}
	}
	return nil
}

// taskID names the task of a normalised URL. One site's page may be external to
// another site of the same crawl, and is then both checked and fetched.
func taskID(u *url.URL, external bool) string {
	if external {
		return "HEAD " + u.String()
	}
	return u.String()
}

func enqueueError(err error) error {
	err = fmt.Errorf("enqueue link: %w", err)
	switch {
	case errors.Is(err, queue.ErrFull):
		return worker.RetryAfter(err, time.Second)
	case errors.Is(err, worker.ErrNoEnqueue):
		return worker.Permanent(err)
	}
	return err
}
