package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/temoto/robotstxt"
)

// maxRobots is how much of a robots.txt counts (RFC 9309, 2.5: at least 500 KiB).
const maxRobots = 500 << 10

// load reads robots.txt. What the RFC says of answers: 4xx means that all is
// allowed, 5xx that nothing is until it answers otherwise (2.3.1.3 and 2.3.1.4).
func (h *host) load(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, h.name+"/robots.txt", nil)
	if err != nil {
		return fmt.Errorf("robots.txt of %s: %w", h.name, err)
	}
	request.Header.Set("User-Agent", h.userAgent)
	response, err := h.client.Do(request)
	if err != nil {
		return classify(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxRobots))
	if err != nil {
		return &passingError{status: response.StatusCode, err: fmt.Errorf("robots.txt of %s: %w", h.name, err)}
	}
	if response.StatusCode >= 500 || response.StatusCode == http.StatusTooManyRequests {
		return &passingError{
			status: response.StatusCode, after: retryAfter(response.Header),
			err: fmt.Errorf("robots.txt of %s: %w", h.name, errors.New(response.Status)),
		}
	}
	status := response.StatusCode
	if status >= 300 && status < 400 { // leads elsewhere, or in circles: as if there were none
		status = http.StatusNotFound
	}
	robots, err := robotstxt.FromStatusAndBytes(status, body)
	if err != nil { // no rules can be read from it: as if there were none
		robots, err = robotstxt.FromStatusAndBytes(http.StatusNotFound, nil)
	}
	if err != nil {
		return fmt.Errorf("robots.txt of %s: %w", h.name, err)
	}
	h.robots = robots.FindGroup(h.userAgent)
	return nil
}
