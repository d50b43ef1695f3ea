package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"slices"
	"strings"
	"testing"

	"capstan/contract"
	"capstan/worker"
	"crawl/testsite"
)

// crawl runs the worker over a site until nothing is left to fetch.
func crawl(t *testing.T, output, seed string, given map[string]string, slots int) contract.WorkerReport {
	t.Helper()
	payload, err := json.Marshal(Page{URL: seed})
	if err != nil {
		t.Fatal(err)
	}
	idle, loopback := true, "127.0.0.1"
	config := &contract.WorkerContract{
		Contract: 1, Name: "crawl",
		Pool:     contract.Pool{Slots: slots},
		Fetch:    contract.Fetch{Factor: 1, MaxPrefetch: slots},
		Source:   contract.Source{Memory: &contract.MemorySource{Capacity: 10_000, Seeds: []string{string(payload)}, ExitWhenIdle: &idle}},
		Task:     contract.Task{MaxSeconds: 60, AckWaitSeconds: 120, MaxAttempts: attempts, Backoff: contract.Backoff{Factor: 1}},
		Shutdown: contract.Shutdown{DrainSeconds: 10, FlushSeconds: 1},
		Http:     contract.Http{Host: &loopback},
		Folders:  &contract.Folders{Output: &output},
		Settings: given,
	}
	build := func(s worker.Setup) (worker.Handler[Page], error) {
		c, err := newCrawler(s)
		if err != nil {
			return nil, err
		}
		t.Cleanup(c.client.CloseIdleConnections)
		return c.handle, nil
	}
	report, err := worker.Run(t.Context(), config, build, worker.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// needIPv6 skips a test where the machine has no loopback address of IPv6.
func needIPv6(t *testing.T) {
	t.Helper()
	listener, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skip("skipped: no IPv6 here:", err)
	}
	listener.Close()
}

func TestCrawlFindsExactlyWhatIsTrueOfTheSite(t *testing.T) {
	for name, o := range map[string]testsite.Options{
		"one host":    {Pages: 60, Broken: 0.2, Redirects: 6, Private: 3, Seed: 1, PageBytes: 600},
		"three hosts": {Pages: 60, Broken: 0.2, Redirects: 6, Private: 3, Seed: 2, PageBytes: 600, Hosts: []string{"127.0.0.1", "localhost", "[::1]"}},
		"no faults":   {Pages: 40, Seed: 3, PageBytes: 600},
		"one page":    {Pages: 1, Links: 1, Broken: 1, Seed: 4},
	} {
		t.Run(name, func(t *testing.T) {
			if slices.Contains(o.Hosts, "[::1]") {
				needIPv6(t)
			}
			site, err := testsite.Start(o)
			if err != nil {
				t.Fatal(err)
			}
			defer site.Close()
			output := t.TempDir()
			hosts := strings.Join(site.HostNames(), ",")
			report := crawl(t, output, site.URL(), map[string]string{"perHost": "3", "hosts": hosts}, 16)
			if report.Tasks.Dead != 0 {
				t.Errorf("dead letters: %v", report.DeadLetters)
			}
			comparePages(t, site, readLines[pageLine](t, output, "pages.jsonl"))
			compareBroken(t, site, readLines[brokenLine](t, output, "broken.jsonl"))
			for _, host := range site.HostNames() {
				if peak := site.PeakRequests(host); peak > 3 {
					t.Errorf("%s had %d requests at a time, 3 are allowed", host, peak)
				}
			}
		})
	}
}

func comparePages(t *testing.T, site *testsite.Site, lines []pageLine) {
	t.Helper()
	truth := site.Truth()
	var fetched, skipped []string
	for _, line := range lines {
		if line.Skipped != "" {
			skipped = append(skipped, line.URL)
			continue
		}
		fetched = append(fetched, line.URL)
		if n := site.Requests(line.URL); n != 1 {
			t.Errorf("%s was asked for %d times", line.URL, n)
		}
	}
	compare(t, "pages", fetched, truth.Pages)
	compare(t, "pages that robots.txt forbids", skipped, truth.Forbidden)
	for _, url := range truth.Forbidden {
		if site.Requests(url) != 0 {
			t.Errorf("%s is forbidden and was asked for", url)
		}
	}
}

func compareBroken(t *testing.T, site *testsite.Site, lines []brokenLine) {
	t.Helper()
	reasons := map[testsite.Kind]string{
		testsite.Gone: "Not Found", testsite.Forbidden: "Forbidden", testsite.Failing: "Internal Server Error", testsite.Loop: "redirect loop",
	}
	tries := map[testsite.Kind]int{testsite.Failing: attempts}
	var got, want []string
	for _, line := range lines {
		got = append(got, fmt.Sprint(line))
	}
	for _, b := range site.Truth().Broken {
		want = append(want, fmt.Sprint(brokenLine{URL: b.URL, From: b.From, Status: b.Status, Reason: reasons[b.Kind]}))
		if n := site.Requests(b.URL); n != max(1, tries[b.Kind]) {
			t.Errorf("%s was asked for %d times", b.URL, n)
		}
	}
	compare(t, "broken links", got, want)
}

// compare reports what one list has and the other lacks; both count how often.
func compare(t *testing.T, what string, got, want []string) {
	t.Helper()
	surplus := make(map[string]int)
	for _, s := range got {
		surplus[s]++
	}
	for _, s := range want {
		surplus[s]--
	}
	for _, s := range slices.Sorted(maps.Keys(surplus)) {
		if surplus[s] != 0 {
			t.Errorf("%s: %s is there %+d times too often", what, s, surplus[s])
		}
	}
}
