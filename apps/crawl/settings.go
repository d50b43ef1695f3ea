package main

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// settings of a crawl, by the name that each has in the contract.
type settings struct {
	perHost       int             // perHost: requests at a time to one host. Default 8
	delay         time.Duration   // delay: least time between the starts of two requests to one host. Default 0s
	timeout       time.Duration   // timeout: for one page, redirects and body included. Default 10s
	maxBody       int64           // maxBody: bytes of a page that are read for links. Default 4194304
	maxRedirects  int             // maxRedirects: followed for one page, on its own host only. Default 10
	maxPages      int             // maxPages: pages enqueued in all; further links are not followed. Default 100000
	hosts         map[string]bool // hosts: what belongs to the site besides a page's own host, host or host:port, by comma
	checkExternal bool            // external: ignore (default) or check links to other sites
	userAgent     string          // userAgent: sent with requests and looked up in robots.txt
}

const defaultUserAgent = "capstan-crawl/0.1"

// parseSettings reports everything wrong with the settings at once.
func parseSettings(given map[string]string) (settings, error) {
	p := parser{given: given, unread: make(map[string]bool)}
	for name := range given {
		p.unread[name] = true
	}
	s := settings{
		perHost:      p.number("perHost", 8, 1),
		delay:        p.duration("delay", 0),
		timeout:      p.duration("timeout", 10*time.Second),
		maxBody:      int64(p.number("maxBody", 4<<20, 1)),
		maxRedirects: p.number("maxRedirects", 10, 0),
		maxPages:     p.number("maxPages", 100_000, 1),
		hosts:        p.hosts("hosts"),
		userAgent:    p.text("userAgent", defaultUserAgent),
	}
	switch external := p.text("external", "ignore"); external {
	case "ignore":
	case "check":
		s.checkExternal = true
	default:
		p.wanted("external", "ignore or check", external)
	}
	if s.timeout == 0 {
		p.wanted("timeout", "a time above 0", given["timeout"])
	}
	for name := range p.unread {
		p.errs = append(p.errs, fmt.Errorf("settings.%s is not known to crawl. Take it out or correct its name", name))
	}
	return s, errors.Join(p.errs...)
}

type parser struct {
	given  map[string]string
	unread map[string]bool
	errs   []error
}

func (p *parser) wanted(name, wanted, got string) {
	p.errs = append(p.errs, fmt.Errorf("settings.%s must be %s, got %q. Leave it out for the default", name, wanted, got))
}

func (p *parser) text(name, otherwise string) string {
	delete(p.unread, name)
	if value, ok := p.given[name]; ok {
		return value
	}
	return otherwise
}

func (p *parser) number(name string, otherwise, least int) int {
	text := p.text(name, strconv.Itoa(otherwise))
	value, err := strconv.Atoi(text)
	if err != nil || value < least {
		p.wanted(name, fmt.Sprintf("a whole number of %d or more", least), text)
		return otherwise
	}
	return value
}

func (p *parser) duration(name string, otherwise time.Duration) time.Duration {
	text := p.text(name, otherwise.String())
	value, err := time.ParseDuration(text)
	if err != nil || value < 0 {
		p.wanted(name, "a time such as 500ms or 10s", text)
		return otherwise
	}
	return value
}

func (p *parser) hosts(name string) map[string]bool {
	hosts := make(map[string]bool)
	for host := range strings.SplitSeq(p.text(name, ""), ",") {
		if host = strings.TrimSpace(host); host == "" {
			continue
		}
		for _, scheme := range []string{"http", "https"} {
			u, err := normalise(nil, (&url.URL{Scheme: scheme, Host: host}).String())
			if err != nil || u.Path != "/" || u.RawQuery != "" {
				p.wanted(name, "hosts with or without a port, by comma", host)
				break
			}
			hosts[u.Host] = true
		}
	}
	return hosts
}
