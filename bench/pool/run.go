package main

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"regexp"
	"runtime"
	"slices"
	"time"
)

// results are the raw numbers of one run of the program.
type results struct {
	Go       string            `json:"go"`
	Procs    int               `json:"procs"`
	Versions map[string]string `json:"versions"`
	Rounds   []roundLoad       `json:"rounds"`
	Suites   []suiteResult     `json:"suites"`
}

// roundLoad is how busy the machine was during a round.
type roundLoad struct {
	// Load is the average number of running processes in the minute before the round.
	Load float64 `json:"load"`
	// Others is the share of the cores that other processes used during it.
	Others  float64 `json:"others"`
	Seconds float64 `json:"seconds"`
}

type suiteResult struct {
	Name    string            `json:"name"`
	Title   string            `json:"title"`
	Samples []contenderResult `json:"contenders"`
}

// contenderResult holds a value for each round, by the name of the measure.
type contenderResult struct {
	Name   string               `json:"name"`
	Values map[string][]float64 `json:"values"`
}

// sample is what one contender gave in one suite in one round, by the name of the measure.
type sample map[string]float64

// effort is how much to measure.
type effort struct {
	rounds int
	scale  float64       // of the number of tasks in a sample
	budget time.Duration // no round but the first is begun later
}

func run(all []suite, pattern, names *regexp.Regexp, much effort) *results {
	began := time.Now()
	r := &results{Go: runtime.Version(), Procs: runtime.GOMAXPROCS(0), Versions: versions()}
	var chosen []suite
	for _, s := range all {
		if pattern.MatchString(s.name) {
			s.contenders = slices.DeleteFunc(slices.Clone(s.contenders), func(c contender) bool { return !names.MatchString(c.name) })
			chosen = append(chosen, s)
			r.Suites = append(r.Suites, newSuiteResult(s))
		}
	}
	for _, s := range chosen { // nothing counts here but that every task runs exactly once
		for _, c := range s.contenders {
			if s.verify != nil {
				s.verify(c)
			}
		}
	}
	for round := range much.rounds {
		if round > 0 && time.Since(began) > much.budget {
			break
		}
		before := readLoad()
		for i, s := range chosen {
			for _, at := range rand.Perm(len(s.contenders)) {
				settle()
				r.Suites[i].Samples[at].add(s.measure(s.contenders[at], much.scale))
			}
		}
		load := readLoad().since(before)
		r.Rounds = append(r.Rounds, load)
		fmt.Fprintf(os.Stderr, "round %d of %d: %.0f s, load %.1f, others used %.0f %% of the cores\n",
			round+1, much.rounds, load.Seconds, load.Load, 100*load.Others)
	}
	return r
}

// settle gives every sample the same start: no garbage of the one before, and its goroutines gone.
func settle() {
	for tries := 0; runtime.NumGoroutine() > 50 && tries < 100; tries++ {
		time.Sleep(time.Millisecond)
	}
	runtime.GC()
}

func newSuiteResult(s suite) suiteResult {
	result := suiteResult{Name: s.name, Title: s.title}
	for _, c := range s.contenders {
		result.Samples = append(result.Samples, contenderResult{Name: c.name, Values: map[string][]float64{}})
	}
	return result
}

func (c *contenderResult) add(s sample) {
	for name, value := range s {
		c.Values[name] = append(c.Values[name], math.Round(value*1000)/1000)
	}
}

func (r *results) print(w io.Writer) {
	for _, s := range r.Suites {
		fmt.Fprintln(w, s.Title)
		for _, c := range s.Samples {
			fmt.Fprintf(w, "  %-18s", c.Name)
			for _, name := range slices.Sorted(keysOf(c.Values)) {
				fmt.Fprintf(w, " %s %.2f", name, median(c.Values[name]))
			}
			fmt.Fprintln(w)
		}
	}
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
