package faults

import (
	"context"
	"errors"
	"testing"

	"capstan/contract"
	"capstan/queue/driver"
	"capstan/test/faults/proxy"
)

// broker is a running server, or a cluster of them, with a queue of tasks and a place for dead
// letters on it.
type broker interface {
	// name is that of its driver.
	name() string
	driver() driver.Driver
	// addresses are where its servers listen.
	addresses() []string
	// source is the worker's side of the queue, reached at these addresses.
	source(addresses []string) contract.Source
	// target is the producer's side.
	target(addresses []string) contract.Publish
	// unsettled counts the tasks that are neither done nor dead.
	unsettled(ctx context.Context) (int, error)
	// line is a way to it that can be harmed, for one worker.
	line(t *testing.T) *proxy.Proxy
	// stop ends it as SIGTERM does, kill as SIGKILL does; resume starts it again with its data.
	stop()
	kill()
	resume()
}

// kinds are the brokers that the suite knows. start starts one; own says that the play harms it, or
// the way to it, so that no other play may use it.
var kinds = []struct {
	name  string
	start func(t *testing.T, own bool) broker
	disk  string // size of a file system on which it starts, and that is soon full
}{
	{"jetstream", startJetStream, "24m"},
	{"redis", startRedis, "24m"},
	{"kafka", startKafka, "96m"},
}

// lineTo is a line to an address, until the end of the test.
func lineTo(t *testing.T, address string) *proxy.Proxy {
	t.Helper()
	line, err := proxy.Start("127.0.0.1", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(line.Close)
	return line
}

// lettersPage is how many dead letters are listed at once.
const lettersPage = 1000

// deadIn gives the ids of the tasks that a worker with this contract has buried.
func deadIn(ctx context.Context, b broker, config contract.WorkerContract) (ids []string, err error) {
	if own, ok := b.(interface {
		dead(context.Context) ([]string, error)
	}); ok {
		return own.dead(ctx)
	}
	letters, err := b.driver().OpenDeadLetters(ctx, &config, discard)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, letters.Close()) }()
	for after := ""; ; {
		page, err := letters.List(ctx, after, lettersPage)
		if err != nil || len(page) == 0 {
			return ids, err
		}
		for _, letter := range page {
			ids = append(ids, letter.ID)
		}
		after = page[len(page)-1].Letter
	}
}
