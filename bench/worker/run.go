package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"
)

// childLimit is how long one run may take.
const childLimit = 5 * time.Minute

// results are the raw numbers of one run of the program.
type results struct {
	Go       string            `json:"go"`
	Procs    int               `json:"procs"`
	Versions map[string]string `json:"versions"`
	Slots    int               `json:"slots"`
	Rounds   []roundLoad       `json:"rounds"`
	Suites   []suiteResult     `json:"suites"`
}

// roundLoad is how busy the machine was before a round.
type roundLoad struct {
	Load    float64 `json:"load"`
	Seconds float64 `json:"seconds"`
}

type suiteResult struct {
	Name       string             `json:"name"`
	Title      string             `json:"title"`
	Contenders []*contenderResult `json:"contenders"`
}

// contenderResult holds a value for each round, by the name of the measure.
type contenderResult struct {
	Name   string               `json:"name"`
	Broker broker               `json:"broker"`
	Values map[string][]float64 `json:"values"`
	// Failed says what went wrong in rounds that have no value.
	Failed []string `json:"failed,omitempty"`
}

// bench runs children against brokers that stay for its whole life.
type bench struct {
	lab     *lab
	folder  string
	brokers map[broker]string
	queues  int
}

func measure(running []suite, names *regexp.Regexp, rounds int, scale float64) (r *results, err error) {
	l := &lab{}
	defer l.close()
	defer func() {
		switch said := recover().(type) {
		case nil:
		case fatal:
			err = errors.New(string(said))
		default:
			panic(said)
		}
	}()
	b := &bench{lab: l, folder: l.TempDir(), brokers: make(map[broker]string)}
	var chosen []contender
	for _, c := range contenders() {
		if names.MatchString(c.name) {
			chosen = append(chosen, c)
			if b.brokers[c.broker] == "" {
				b.brokers[c.broker] = l.start(c.broker)
			}
		}
	}
	r = &results{Go: runtime.Version(), Procs: runtime.GOMAXPROCS(0), Versions: versions(), Slots: slots}
	for _, s := range running {
		result := suiteResult{Name: s.name, Title: s.title}
		for _, c := range chosen {
			result.Contenders = append(result.Contenders, &contenderResult{Name: c.name, Broker: c.broker, Values: make(map[string][]float64)})
		}
		r.Suites = append(r.Suites, result)
	}
	for round := range rounds {
		began, load := time.Now(), loadAverage()
		b.runAll(r, running, chosen, false, scale, round)
		r.Rounds = append(r.Rounds, roundLoad{load, time.Since(began).Seconds()})
	}
	fmt.Fprintln(os.Stderr, "the rounds are done; memory and ended processes, once")
	b.runAll(r, running, chosen, true, scale, 0)
	return r, nil
}

// runAll runs the suites that are run once, or those that are not, with every contender.
func (b *bench) runAll(r *results, running []suite, chosen []contender, once bool, scale float64, round int) {
	for i, s := range running {
		if s.once != once {
			continue
		}
		for _, at := range rand.Perm(len(chosen)) {
			b.runOne(s, chosen[at], r.Suites[i].Contenders[at], scale, round)
		}
	}
}

func (b *bench) runOne(s suite, c contender, into *contenderResult, scale float64, round int) {
	b.queues++
	at := place{b.brokers[c.broker], fmt.Sprint("queue", b.queues)}
	measured, err := s.measure(b, c, at, scale)
	fmt.Fprintf(os.Stderr, "round %d, %s, %s: %v %v\n", round+1, s.name, c.name, measured, err)
	if err != nil {
		into.Failed = append(into.Failed, fmt.Sprintf("round %d: %v", round+1, err))
		return
	}
	for name, value := range measured {
		into.Values[name] = append(into.Values[name], value)
	}
}

func (o order) as(role string) order {
	o.Role = role
	return o
}

// fill makes the queue and adds the tasks.
func (b *bench) fill(o order) error {
	if _, err := b.child(o.as("prepare")); err != nil {
		return err
	}
	_, err := b.child(o.as("enqueue"))
	return err
}

// child runs an order to its end.
func (b *bench) child(o order) (outcome, error) {
	process, err := b.start(o)
	if err != nil {
		return outcome{}, err
	}
	return process.wait()
}

type process struct {
	command   *exec.Cmd
	out, said bytes.Buffer
	limit     *time.Timer
}

func (b *bench) start(o order) (*process, error) {
	text, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{command: exec.Command(program, "child", "-order", string(text))}
	p.command.Stdout, p.command.Stderr = &p.out, &p.said
	p.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	p.limit = time.AfterFunc(childLimit, p.kill)
	return p, nil
}

func (p *process) kill() { _ = p.command.Process.Kill() }

func (p *process) wait() (out outcome, err error) {
	err = p.command.Wait()
	p.limit.Stop()
	if err != nil {
		return outcome{}, fmt.Errorf("%w: %s", err, lastLines(p.said.String()))
	}
	return out, json.Unmarshal(p.out.Bytes(), &out)
}

func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-3):], " | ")
}

func loadAverage() (load float64) {
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		_, _ = fmt.Sscan(string(text), &load)
	}
	return load
}

// versions are those of the contenders that this program was built with.
func versions() map[string]string {
	found := make(map[string]string)
	info, _ := debug.ReadBuildInfo()
	for _, m := range info.Deps {
		for _, name := range []string{"hibiken/asynq", "riverqueue/river", "ThreeDotsLabs/watermill", "nats-io/nats.go", "twmb/franz-go", "redis/go-redis"} {
			if strings.HasPrefix(m.Path, "github.com/"+name) {
				found[strings.TrimPrefix(m.Path, "github.com/")] = m.Version
			}
		}
	}
	return found
}

// print writes the medians.
func (r *results) print(to io.Writer) {
	for _, s := range r.Suites {
		_, _ = fmt.Fprintf(to, "\n%s: %s\n", s.Name, s.Title)
		for _, c := range s.Contenders {
			_, _ = fmt.Fprintf(to, "  %-28s", c.Name)
			names := make([]string, 0, len(c.Values))
			for name := range c.Values {
				names = append(names, name)
			}
			slices.Sort(names)
			for _, name := range names {
				_, _ = fmt.Fprintf(to, "  %s %.4g", name, median(c.Values[name]))
			}
			_, _ = fmt.Fprintln(to, " ", strings.Join(c.Failed, "; "))
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
