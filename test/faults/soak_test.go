package faults

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"capstan/contract"
	"capstan/test/faults/agreement"
	"capstan/test/faults/effectlog"
)

var (
	soakMinutes = flag.Float64("minutes", 0, "length of the soak; 0: none")
	soakFolder  = flag.String("soak", "", "folder for the result of the soak, a page for each broker")
	soakSeed    = flag.Uint64("seed", 0, "of the soak's random times; 0: another one each time")
)

const (
	soakSlots = 8
	soakEvery = 20 * time.Millisecond
	// sampleEvery is between two looks at the worker.
	sampleEvery = 5 * time.Second
)

// soak is a play that goes on.
type soak struct {
	*play
	worker  *process
	live    string
	address string // of the metrics
	random  *rand.Rand
	began   time.Time
	result  soakResult
}

func TestSoak(t *testing.T) {
	if *soakMinutes == 0 {
		t.Skip("only with -minutes")
	}
	for _, kind := range kinds {
		if !isWanted(kind.name) {
			continue
		}
		s := newSoak(newPlay(t, "soak", kind.start(t, true)))
		s.run(time.Duration(*soakMinutes * float64(time.Minute)))
		s.end()
		return // one broker a run
	}
}

func newSoak(p *play) *soak {
	seed := *soakSeed
	if seed == 0 {
		seed = rand.Uint64N(1 << 32)
	}
	p.Logf("seed %d", seed)
	s := &soak{play: p, random: rand.New(rand.NewPCG(seed, 0)), live: filepath.Join(p.folder, "live.json")}
	s.result = soakResult{broker: p.broker.name(), seed: seed, slots: soakSlots, every: soakEvery}
	p.allowsDuplicates = true
	p.config.Pool.Slots, p.config.Fetch.MaxPrefetch, p.config.Live = soakSlots, soakSlots, &s.live
	p.config.Task.MaxAttempts, p.config.Task.AckWaitSeconds = min(3, p.config.Task.MaxAttempts), 5 // Kafka allows one
	p.config.Log.Level = level(contract.LogLevelInfo)
	s.resize(soakSlots)
	s.worker = p.start()
	s.address = s.findAddress()
	return s
}

// findAddress reads in the log where the metrics are.
func (s *soak) findAddress() string {
	log, err := os.ReadFile(s.worker.log)
	s.must(err)
	for line := range bytes.Lines(log) {
		var ready struct {
			Msg         string `json:"msg"`
			MetricsAddr string `json:"metricsAddr"`
		}
		if json.Unmarshal(line, &ready) == nil && ready.Msg == "ready" {
			return ready.MetricsAddr
		}
	}
	s.Fatal("the worker does not say where its metrics are")
	return ""
}

// resize gives the pool another number of slots, as the kubelet changes a mounted file.
func (s *soak) resize(slots int) {
	part := s.live + ".part"
	s.must(os.WriteFile(part, fmt.Appendf(nil, `{"contract": 1, "slots": %d}`, slots), 0o644))
	s.must(os.Rename(part, s.live))
}

// panicky are tasks of which 10 % panic, one in ten of these each time.
func panicky(i int) agreement.Payload {
	task := agreement.Payload{WorkMillis: 40}
	switch {
	case i%100 == 99:
		task.Deed = agreement.Panic
	case i%10 == 9:
		task.Deed = agreement.PanicFirst
	}
	return task
}

// run works for so long, with faults at random times.
func (s *soak) run(length time.Duration) {
	s.result.length, s.began = length, time.Now()
	s.produce(load{every: soakEvery, task: panicky})
	events := []*event{
		{do: s.sample, least: sampleEvery, most: sampleEvery},
		{do: s.resizeAtRandom, least: 3 * time.Second, most: 15 * time.Second},
		{do: s.restart, least: 20 * time.Second, most: 60 * time.Second},
	}
	for _, e := range events {
		e.plan(s.random, s.began)
	}
	for time.Since(s.began) < length {
		for _, e := range events {
			if time.Now().After(e.due) {
				e.do()
				e.plan(s.random, time.Now())
			}
		}
		if !s.worker.runs() {
			s.Fatalf("the worker has ended\n%s", s.worker.tail())
		}
		time.Sleep(100 * time.Millisecond)
	}
	s.enough()
	s.awaitProduced()
}

// event is what happens again and again, at times that are apart by least to most.
type event struct {
	do          func()
	least, most time.Duration
	due         time.Time
}

func (e *event) plan(random *rand.Rand, now time.Time) {
	e.due = now.Add(e.least + time.Duration(random.Int64N(int64(e.most-e.least)+1)))
}

func (s *soak) sample() {
	it, err := scrape(s.address)
	s.must(err)
	it.at = time.Since(s.began)
	s.result.samples = append(s.result.samples, it)
}

func (s *soak) resizeAtRandom() {
	s.resize(1 + s.random.IntN(soakSlots))
	s.result.resizes++
}

func (s *soak) restart() {
	if s.result.restarts%2 == 0 {
		s.broker.stop()
	} else {
		s.broker.kill()
	}
	_, before := s.ledger.counts()
	until(s.T, "the producer sees the outage", func() bool {
		_, retries := s.ledger.counts()
		return retries > before
	})
	s.broker.resume()
	s.result.restarts++
}

// end looks for slots that are gone, ends the worker and judges.
func (s *soak) end() {
	s.resize(soakSlots)
	until(s.T, "the pool has its slots", func() bool { return s.metrics().slots == soakSlots })
	if left := s.pending(); left > 0 {
		s.Errorf("%d tasks are left", left)
	}
	until(s.T, "no slot is busy", func() bool { return s.metrics().busy == 0 })
	s.result.busyAtEnd = s.metrics().busy
	s.fillSlots()
	s.result.judgement = s.judgement()
	s.isJudged = true
	_, s.result.retries = s.ledger.counts()
	for _, broken := range s.result.broken() {
		s.Error(broken)
	}
	s.Log(s.result.verdict())
	if *soakFolder != "" {
		s.must(s.result.write(*soakFolder))
	}
}

func (s *soak) metrics() sample {
	it, err := scrape(s.address)
	s.must(err)
	return it
}

// fillSlots gives the worker enough to do for all slots at once, and counts how many it uses.
func (s *soak) fillSlots() {
	const prefix = "full-"
	s.produce(load{tasks: 4 * soakSlots, prefix: prefix, task: plain(1000)})
	s.awaitProduced()
	if left := s.pending(); left > 0 {
		s.Errorf("%d tasks are left", left)
	}
	for _, r := range s.worker.records() {
		if r.Event == effectlog.Begin && strings.HasPrefix(r.ID, prefix) {
			s.result.peakAtEnd = max(s.result.peakAtEnd, r.InFlight)
		}
	}
}

func TestSoakFindsWhatGrows(t *testing.T) {
	steady := func() []sample {
		samples := make([]sample, 100)
		for i := range samples {
			samples[i] = sample{goroutines: 30 + float64(i%7), rss: 40 << 20, heap: 10 << 20, fds: 12}
		}
		return samples
	}
	sound := soakResult{slots: 4, peakAtEnd: 4, samples: steady()}
	if broken := sound.broken(); len(broken) > 0 {
		t.Fatalf("a steady worker: %v", broken)
	}
	for name, plant := range map[string]func(*soakResult){
		"goroutines":      func(r *soakResult) { grow(r, func(s *sample, i float64) { s.goroutines += i / 5 }) },
		"resident memory": func(r *soakResult) { grow(r, func(s *sample, i float64) { s.rss += i * (1 << 18) }) },
		"heap":            func(r *soakResult) { grow(r, func(s *sample, i float64) { s.heap += i * (1 << 17) }) },
		"open files":      func(r *soakResult) { grow(r, func(s *sample, i float64) { s.fds += i / 10 }) },
		"1 slots":         func(r *soakResult) { r.busyAtEnd = 1 },
		"3 tasks":         func(r *soakResult) { r.peakAtEnd = 3 },
		"lost":            func(r *soakResult) { r.judgement.find(ruleLost, "one") },
	} {
		r := sound
		r.samples = steady()
		plant(&r)
		if broken := r.broken(); len(broken) != 1 || !strings.HasPrefix(broken[0], name) {
			t.Errorf("planted %s, found %v", name, broken)
		}
	}
}

func grow(r *soakResult, by func(*sample, float64)) {
	for i := range r.samples {
		by(&r.samples[i], float64(i))
	}
}

func TestSampleReadsMetrics(t *testing.T) {
	s, err := parseSample(strings.NewReader(`# HELP go_goroutines Number
go_goroutines 31
capstan_tasks_total{outcome="dead",worker="crew"} 2
capstan_tasks_total{outcome="done",worker="crew"} 41
capstan_pool_busy{worker="crew"} 3
process_resident_memory_bytes 2.5e+07
`))
	if err != nil || s != (sample{goroutines: 31, done: 41, busy: 3, rss: 2.5e7}) {
		t.Fatalf("%+v, %v", s, err)
	}
}
