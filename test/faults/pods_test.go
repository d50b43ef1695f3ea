package faults

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"capstan/contract"
	"capstan/queue/driver"
	driven "capstan/queue/jetstream"
	"capstan/test/faults/agreement"
	"capstan/test/faults/effectlog"
	"capstan/test/faults/proxy"
)

// podsPath is for test/e2e, which stages the fault while [TestOnPods] has the producer and the oracle.
var podsPath = flag.String("pods", "", "file with the play of a cluster")

// Variables by which the producer has its user and password.
const (
	userVariable     = "FAULTS_USER"
	passwordVariable = "FAULTS_PASSWORD"
)

// podsPlay is what test/e2e asks for.
type podsPlay struct {
	Fault string `json:"fault"`
	// Prefix is that of the ids of this play's tasks.
	Prefix     string `json:"prefix"`
	Server     string `json:"server"`
	Subject    string `json:"subject"`
	Stream     string `json:"stream"`
	DeadStream string `json:"deadStream"`
	User       string `json:"user"`
	Password   string `json:"password"`
	// Logs is the folder with the effect logs of all processes of all pods.
	Logs  string `json:"logs"`
	Slots int    `json:"slots"`
	// EveryMillis is between two tasks, WorkMillis how long each works.
	EveryMillis int `json:"everyMillis"`
	WorkMillis  int `json:"workMillis"`
	// EatAt is the number of the task that takes memory until its process is ended; 0: none.
	EatAt            int  `json:"eatAt"`
	AllowsDuplicates bool `json:"allowsDuplicates"`
	// Flowing is a file that is made when tasks are being done, Enough one that ends the producer.
	Flowing string `json:"flowing"`
	Enough  string `json:"enough"`
	Result  string `json:"result"`
}

// podsResult is what the oracle says.
type podsResult struct {
	Confirmed  int      `json:"confirmed"`
	Effects    int      `json:"effects"`
	Duplicates int      `json:"duplicates"`
	Dead       int      `json:"dead"`
	Lost       int      `json:"lost"`
	Peak       int      `json:"peak"`
	Findings   []string `json:"findings"`
}

// flowing is how many effects show that tasks are being done.
const flowing = 40

// TestOnPods plays a fault on workers in pods of a cluster, which somebody else starts and harms: it
// publishes until it is told that it is enough, waits until all is settled, and judges.
func TestOnPods(t *testing.T) {
	if *podsPath == "" {
		t.Skip("npm run e2e -- faults plays it on a cluster")
	}
	wanted := readPodsPlay(t)
	b := &podsBroker{wanted: wanted}
	t.Setenv(userVariable, wanted.User)
	t.Setenv(passwordVariable, wanted.Password)
	p := newPlay(t, wanted.Fault, b)
	p.produce(load{prefix: wanted.Prefix, every: time.Duration(wanted.EveryMillis) * time.Millisecond, task: wanted.task})
	until(t, fmt.Sprintf("%d effects", flowing), func() bool {
		return effects(wanted.records(t)) >= flowing
	})
	write(t, wanted.Flowing, nil)
	for !exists(wanted.Enough) {
		time.Sleep(100 * time.Millisecond)
	}
	p.enough()
	p.awaitProduced()
	e := evidence{pending: p.pending(), slots: wanted.Slots, confirmed: p.ledger.ids(), published: p.ledger.published}
	e.logs = wanted.records(t)
	var err error
	if e.dead, err = b.dead(t.Context()); err != nil {
		t.Fatal(err)
	}
	j := judge(e)
	if j.duplicates > 0 && !wanted.AllowsDuplicates {
		j.find(ruleDuplicate, "%d effects happened again, and nobody was killed, cut off or paused", j.duplicates)
	}
	result := podsResult{j.confirmed, j.effects, j.duplicates, j.dead, j.lost, j.peak, []string{}}
	for _, f := range j.findings {
		result.Findings = append(result.Findings, string(f.rule)+": "+f.text)
	}
	judged, err := json.Marshal(result)
	if err != nil {
		t.Fatal(err)
	}
	write(t, wanted.Result, judged)
}

func readPodsPlay(t *testing.T) podsPlay {
	t.Helper()
	var wanted podsPlay
	text, err := os.ReadFile(*podsPath)
	if err == nil {
		err = json.Unmarshal(text, &wanted)
	}
	if err != nil {
		t.Fatal(err)
	}
	return wanted
}

func write(t *testing.T, path string, text []byte) {
	t.Helper()
	// At once: whoever looks for the file finds all of it.
	part := path + ".part"
	if err := errors.Join(os.WriteFile(part, text, 0o600), os.Rename(part, path)); err != nil {
		t.Fatal(err)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (w podsPlay) task(i int) agreement.Payload {
	task := agreement.Payload{WorkMillis: w.WorkMillis}
	if w.EatAt > 0 && i == w.EatAt {
		task.Deed = agreement.Eat
	}
	return task
}

// records are those of this play, a log for each process.
func (w podsPlay) records(t *testing.T) (logs [][]effectlog.Record) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(w.Logs, "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		all, err := effectlog.Read(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		var own []effectlog.Record
		for _, r := range all {
			if strings.HasPrefix(r.ID, w.Prefix) {
				own = append(own, r)
			}
		}
		logs = append(logs, own)
	}
	return logs
}

func effects(logs [][]effectlog.Record) (n int) {
	for _, log := range logs {
		for _, r := range log {
			if r.Event == effectlog.Effect {
				n++
			}
		}
	}
	return n
}

// podsBroker is the NATS of a cluster, which the play reaches by a Service.
type podsBroker struct {
	natsBroker
	wanted podsPlay
}

func (b *podsBroker) driver() driver.Driver { return driven.Driver }

func (b *podsBroker) addresses() []string { return []string{b.wanted.Server} }

func (b *podsBroker) source([]string) contract.Source {
	return contract.Source{Jetstream: &contract.JetStreamSource{Servers: b.addresses(), Stream: b.wanted.Stream}}
}

func (b *podsBroker) target([]string) contract.Publish {
	return contract.Publish{Jetstream: &contract.JetStreamTarget{
		Servers: b.addresses(), Stream: b.wanted.Stream, Subject: b.wanted.Subject,
		Credentials: &contract.Credentials{UserVariable: text(userVariable), PasswordVariable: text(passwordVariable)},
	}}
}

func (b *podsBroker) line(*testing.T) *proxy.Proxy { return nil }

// unsettled connects anew each time: the broker may have been another pod before.
func (b *podsBroker) unsettled(ctx context.Context) (n int, err error) {
	err = b.withStream(ctx, b.wanted.Stream, func(stream jetstream.Stream) error {
		n = int(stream.CachedInfo().State.Msgs)
		return nil
	})
	return n, err
}

// dead gives the ids of this play's dead letters.
func (b *podsBroker) dead(ctx context.Context) (ids []string, err error) {
	err = b.withStream(ctx, b.wanted.DeadStream, func(stream jetstream.Stream) error {
		state := stream.CachedInfo().State
		for sequence := state.FirstSeq; state.Msgs > 0 && sequence <= state.LastSeq; sequence++ {
			message, err := stream.GetMsg(ctx, sequence)
			if err != nil {
				return err
			}
			if id := message.Header.Get(driven.HeaderID); strings.HasPrefix(id, b.wanted.Prefix) {
				ids = append(ids, id)
			}
		}
		return nil
	})
	return ids, err
}

func (b *podsBroker) withStream(ctx context.Context, name string, look func(jetstream.Stream) error) error {
	access := driven.Access{Servers: b.addresses(), User: b.wanted.User, Password: b.wanted.Password}
	conn, err := access.Connect(ctx, "oracle", discard)
	if err != nil {
		return err
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	stream, err := js.Stream(ctx, name)
	if err != nil {
		return err
	}
	return look(stream)
}
