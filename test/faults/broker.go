package faults

import (
	"context"
	"testing"

	"capstan/contract"
	"capstan/queue/driver"
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
	// dead gives the ids of the dead letters.
	dead(ctx context.Context) ([]string, error)
	// stop ends it as SIGTERM does, kill as SIGKILL does; resume starts it again with its data.
	stop()
	kill()
	resume()
}

// kinds are the brokers that the suite knows, by name.
var kinds = []struct {
	name  string
	start func(t *testing.T) broker
	disk  string // size of a file system on which it starts, and that is soon full
}{
	{"jetstream", startJetStream, "24m"},
}
