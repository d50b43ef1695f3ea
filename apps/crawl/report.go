package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
)

// brokenLine is one line of broken.jsonl.
type brokenLine struct {
	URL    string `json:"url"`
	From   string `json:"from"`   // the page that first linked to it
	Status int    `json:"status"` // 0: no answer came
	Reason string `json:"reason"`
}

// pageLine is one line of pages.jsonl.
type pageLine struct {
	URL       string  `json:"url"`
	From      string  `json:"from"`
	Status    int     `json:"status"`
	Final     string  `json:"final,omitempty"` // where redirects led to
	Type      string  `json:"type,omitempty"`
	Bytes     int64   `json:"bytes"`
	Links     int     `json:"links"`
	Truncated bool    `json:"truncated,omitempty"` // the page is longer than maxBody
	Skipped   string  `json:"skipped,omitempty"`
	Seconds   float64 `json:"seconds"`
}

func (v visit) line(target *url.URL, from string) pageLine {
	line := pageLine{
		URL: target.String(), From: from, Status: v.status, Type: v.kind, Bytes: v.bytes,
		Links: len(v.links), Truncated: v.cut, Skipped: v.skipped, Seconds: v.elapsed.Seconds(),
	}
	if v.final != nil && v.final.String() != line.URL {
		line.Final = v.final.String()
	}
	return line
}

// report is the two files of a crawl. Each line is written at once, so that
// there is nothing to flush or to close when the worker ends.
type report struct {
	mu            sync.Mutex
	broken, pages *os.File
}

// newReport begins both files anew: the queue of a crawl starts from its seeds.
func newReport(folder string) (*report, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, fmt.Errorf("make output folder: %w", err)
	}
	broken, err := os.Create(filepath.Join(folder, "broken.jsonl"))
	if err != nil {
		return nil, fmt.Errorf("begin report: %w", err)
	}
	pages, err := os.Create(filepath.Join(folder, "pages.jsonl"))
	if err != nil {
		broken.Close()
		return nil, fmt.Errorf("begin report: %w", err)
	}
	return &report{broken: broken, pages: pages}, nil
}

func (r *report) addBroken(line brokenLine) error { return r.add(r.broken, line) }
func (r *report) addPage(line pageLine) error     { return r.add(r.pages, line) }

func (r *report) add(file *os.File, line any) error {
	text, err := json.Marshal(line)
	if err != nil {
		return fmt.Errorf("encode report: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, err := file.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}
