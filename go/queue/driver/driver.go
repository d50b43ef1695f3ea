// Package driver is how a program gets the clients that it needs, and no others: the generated main
// hands drivers to the runtime, which finds the one that its contract names.
package driver

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"capstan/contract"
	"capstan/queue"
	"capstan/tracing"
)

// Driver talks to one kind of broker or to a collector of traces, or is another part of the runtime that
// only some programs need.
type Driver struct {
	// Name is the member of the contract's `source` and `publish` that this driver is for, or
	// telemetry, or adaptive.
	Name string
	// Capabilities are those of its queue, as contract/queues.json has them.
	Capabilities queue.Capabilities
	// OpenQueue opens the queue of a worker. It may wait for the broker until ctx ends.
	OpenQueue func(ctx context.Context, c *contract.WorkerContract, log *slog.Logger) (queue.Queue, error)
	// OpenPublisher opens what a service named name enqueues to. It may wait for the broker
	// until ctx ends.
	OpenPublisher func(ctx context.Context, name string, p *contract.Publish, log *slog.Logger) (queue.Publisher, error)
	// OpenDeadLetters opens the dead letters of a worker. nil: the queue keeps none.
	OpenDeadLetters func(ctx context.Context, c *contract.WorkerContract, log *slog.Logger) (queue.DeadLetters, error)
	// OpenTracer makes the tracer of a program; it does not wait for the collector. Only the
	// driver telemetry has it.
	OpenTracer func(tracing.Program) (tracing.Tracer, error)
	// OpenLimit makes the limit of a pool that begins with most slots and is never below least; changed
	// is called with each new one. Only the driver adaptive has it.
	OpenLimit func(least, most int, changed func(limit int)) Limit
}

// Limit measures attempts, and is lowered and raised by how long they take. Safe for concurrent use.
type Limit interface {
	// Start begins an attempt. The function that it returns ends it, once; counts says whether the
	// time that it took says anything.
	Start() (end func(counts bool))
}

// Drivers are those that a program was built with.
type Drivers []Driver

// Find returns the driver of that name. The error is one line for a person.
func (d Drivers) Find(name string) (Driver, error) {
	at := slices.IndexFunc(d, func(it Driver) bool { return it.Name == name })
	if at < 0 {
		return Driver{}, fmt.Errorf("this build has no %s driver. Run `npx capstan image build`: it gives a program the drivers of what it talks to", name)
	}
	return d[at], nil
}

// OpenTracer makes the tracer of a program; one whose contract has no telemetry makes no traces. The
// error is one line for a person.
func (d Drivers) OpenTracer(p tracing.Program) (tracing.Tracer, error) {
	if p.Telemetry == nil {
		return tracing.None{}, nil
	}
	found, err := d.Find("telemetry")
	if err != nil {
		return nil, fmt.Errorf("telemetry: %w", err)
	}
	return found.OpenTracer(p)
}
