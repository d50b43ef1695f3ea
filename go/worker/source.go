package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"capstan/contract"
	"capstan/queue"
)

// source is the queue that the contract names, and what was found in it.
type source struct {
	queue.Queue
	enqueuer     queue.Enqueuer // nil: takes no tasks from outside or from handlers
	payloadBytes int            // largest task that enqueuer takes
	tasks        int            // to do at the start
	dead         []queue.DeadLetter
	skipped      []string
}

func openSource(c *contract.WorkerContract) (*source, error) {
	switch s := c.Source; {
	case s.Folder != nil:
		return openFolder(c)
	case s.Memory != nil:
		return openMemory(c)
	case s.Jetstream != nil:
		return nil, noDriver("jetstream")
	case s.Redis != nil:
		return nil, noDriver("redis")
	default:
		return nil, noDriver("kafka")
	}
}

// noDriver refuses a source that this program cannot open.
func noDriver(source string) error {
	return fmt.Errorf("source.%s: this build has no %s driver", source, source)
}

func openFolder(c *contract.WorkerContract) (*source, error) {
	folder := c.Source.Folder
	config := queue.FolderConfig{
		Input: folder.Input, State: folder.State,
		AckWait:      contract.Seconds(c.Task.AckWaitSeconds),
		ExitWhenIdle: valueOf(folder.ExitWhenIdle),
		Poll:         contract.Seconds(valueOf(folder.PollSeconds)),
		MaxKills:     valueOf(folder.MaxKills),
	}
	opened, err := queue.OpenFolder(config)
	if err != nil {
		return nil, fmt.Errorf("source.folder: %w", err)
	}
	inventory := opened.Inventory()
	return &source{Queue: opened, tasks: inventory.Tasks, dead: inventory.Dead, skipped: inventory.Skipped}, nil
}

func openMemory(c *contract.WorkerContract) (*source, error) {
	memory := c.Source.Memory
	opened, err := queue.NewMemory(queue.MemoryConfig{
		Capacity:     memory.Capacity,
		PayloadBytes: valueOf(memory.PayloadBytes),
		AckWait:      contract.Seconds(c.Task.AckWaitSeconds),
		ExitWhenIdle: valueOf(memory.ExitWhenIdle),
	})
	if err != nil {
		return nil, fmt.Errorf("source.memory: %w", err)
	}
	if err := checkSeeds(memory, opened.PayloadBytes()); err != nil {
		return nil, err
	}
	for _, seed := range memory.Seeds {
		if err := opened.Enqueue(context.Background(), "", []byte(seed)); err != nil {
			return nil, fmt.Errorf("source.memory.seeds: %w", err)
		}
	}
	return &source{Queue: opened, enqueuer: opened, payloadBytes: opened.PayloadBytes(), tasks: len(memory.Seeds)}, nil
}

// checkSeeds reports all seeds that the queue would not take.
func checkSeeds(memory *contract.MemorySource, payloadBytes int) error {
	var errs []error
	if len(memory.Seeds) > memory.Capacity {
		errs = append(errs, fmt.Errorf("source.memory.seeds: wanted %d (the capacity) or fewer, got %d. Raise the capacity",
			memory.Capacity, len(memory.Seeds)))
	}
	for i, seed := range memory.Seeds {
		if !json.Valid([]byte(seed)) {
			errs = append(errs, fmt.Errorf("source.memory.seeds[%d]: wanted a JSON document, got %q", i, seed))
		}
		if len(seed) > payloadBytes {
			errs = append(errs, fmt.Errorf("source.memory.seeds[%d]: wanted %d bytes (source.memory.payloadBytes) or fewer, got %d. "+
				"Raise payloadBytes, or store the input and name it in the seed", i, payloadBytes, len(seed)))
		}
	}
	return errors.Join(errs...)
}

// enqueue is Setup.Enqueue.
func (s *source) enqueue(ctx context.Context, id string, payload any) error {
	if s.enqueuer == nil {
		return ErrNoEnqueue
	}
	text, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("encode task %q: %w", id, err)
	}
	return s.enqueuer.Enqueue(ctx, id, text)
}

// valueOf is an optional field's value, or the zero value that stands for its default.
func valueOf[V any](p *V) V {
	if p == nil {
		return *new(V)
	}
	return *p
}
