package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"time"

	"capstan/contract"
	"capstan/queue"
	"capstan/queue/driver"
)

// brokerWait is how long a start waits for a broker, and for what somebody else makes on it.
const brokerWait = 45 * time.Second

// awayError is that of a broker which did not answer, or lacked what somebody else makes on it, for all of
// brokerWait. Another start may find it there, so it is no bad configuration: that would end a Job for good.
type awayError struct{ err error }

func (e *awayError) Error() string { return e.err.Error() }
func (e *awayError) Unwrap() error { return e.err }

// startCode is the exit code of a worker, or command, that could not open its source.
func startCode(err error) int {
	if away := (*awayError)(nil); errors.As(err, &away) {
		return exitFailed
	}
	return exitBadConfiguration
}

// source is the queue that the contract names, and what was found in it.
type source struct {
	queue.Queue
	enqueuer     queue.Enqueuer // nil: takes no tasks from outside or from handlers
	payloadBytes int            // largest task that enqueuer takes
	shared       bool           // other processes work it off as well
	tasks        int            // to do at the start
	dead         []queue.DeadLetter
	skipped      []string
}

// openSource opens what the contract names. A broker is waited for, until ctx ends.
func openSource(ctx context.Context, c *contract.WorkerContract, drivers driver.Drivers, log *slog.Logger) (*source, error) {
	switch s := c.Source; {
	case s.Folder != nil:
		return openFolder(c)
	case s.Memory != nil:
		return openMemory(c)
	case s.Jetstream != nil:
		return openBroker(ctx, c, "jetstream", drivers, log)
	case s.Redis != nil:
		return openBroker(ctx, c, "redis", drivers, log)
	default:
		return openBroker(ctx, c, "kafka", drivers, log)
	}
}

// endsWhenIdle says whether the worker ends by itself once its source is exhausted.
func endsWhenIdle(s contract.Source) bool {
	switch {
	case s.Folder != nil:
		return contract.Value(s.Folder.ExitWhenIdle)
	case s.Memory != nil:
		return contract.Value(s.Memory.ExitWhenIdle)
	case s.Jetstream != nil:
		return contract.Value(s.Jetstream.ExitWhenIdle)
	case s.Redis != nil:
		return contract.Value(s.Redis.ExitWhenIdle)
	default:
		return s.Kafka != nil && contract.Value(s.Kafka.ExitWhenIdle)
	}
}

func openBroker(ctx context.Context, c *contract.WorkerContract, name string, drivers driver.Drivers, log *slog.Logger) (*source, error) {
	found, err := drivers.Find(name)
	if err != nil {
		return nil, fmt.Errorf("source.%s: %w", name, err)
	}
	limited, cancel := context.WithTimeout(ctx, brokerWait)
	defer cancel()
	opened, err := found.OpenQueue(limited, c, log)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, fmt.Errorf("%w: %w", ctx.Err(), err)
	case err != nil && limited.Err() != nil:
		return nil, &awayError{err}
	case err != nil:
		return nil, err
	}
	waiting, err := opened.Backlog(limited)
	if err != nil {
		return nil, &awayError{errors.Join(fmt.Errorf("source.%s: %w", name, err), opened.Close())}
	}
	return &source{Queue: opened, shared: true, tasks: waiting}, nil
}

func openFolder(c *contract.WorkerContract) (*source, error) {
	folder := c.Source.Folder
	shard, err := shardOf("source.folder", folder.Shard)
	if err != nil {
		return nil, err
	}
	config := queue.FolderConfig{
		Input: folder.Input, State: folder.State,
		AckWait:      contract.Seconds(c.Task.AckWaitSeconds),
		ExitWhenIdle: contract.Value(folder.ExitWhenIdle),
		Poll:         contract.Seconds(contract.Value(folder.PollSeconds)),
		MaxKills:     contract.Value(folder.MaxKills),
		Shard:        shard,
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
	shard, err := shardOf("source.memory", memory.Shard)
	if err != nil {
		return nil, err
	}
	opened, err := queue.NewMemory(queue.MemoryConfig{
		Capacity:     memory.Capacity,
		PayloadBytes: contract.Value(memory.PayloadBytes),
		AckWait:      contract.Seconds(c.Task.AckWaitSeconds),
		ExitWhenIdle: contract.Value(memory.ExitWhenIdle),
	})
	if err != nil {
		return nil, fmt.Errorf("source.memory: %w", err)
	}
	seeds := seedsOf(memory.Seeds, shard)
	if err := checkSeeds(memory, seeds, opened.PayloadBytes()); err != nil {
		return nil, err
	}
	for _, seed := range seeds {
		if err := opened.Enqueue(context.Background(), queue.Task{Payload: []byte(seed)}); err != nil {
			return nil, fmt.Errorf("source.memory.seeds: %w", err)
		}
	}
	return &source{Queue: opened, enqueuer: opened, payloadBytes: opened.PayloadBytes(), tasks: len(seeds)}, nil
}

// indexVariable is set in the pods of an Indexed Job.
const indexVariable = "JOB_COMPLETION_INDEX"

// shardOf is the shard that the contract, or the Job, gives this process.
func shardOf(path string, s *contract.Shard) (queue.Shard, error) {
	if s == nil {
		return queue.Shard{}, nil
	}
	if s.Index != nil {
		return queue.Shard{Index: *s.Index, Count: s.Count}, nil
	}
	text := os.Getenv(indexVariable)
	index, err := strconv.Atoi(text)
	if err != nil || index < 0 || index >= s.Count {
		return queue.Shard{}, fmt.Errorf("%s.shard: wanted a number from 0 to %d in the variable %s, got %q. "+
			"Run it in an Indexed Job with `completions: %d`, or set index", path, s.Count-1, indexVariable, text, s.Count)
	}
	return queue.Shard{Index: index, Count: s.Count}, nil
}

// seedsOf are the seeds of a shard: they are dealt out in turn, so that shards differ by one seed
// at most.
func seedsOf(seeds []string, s queue.Shard) []string {
	if s.Count <= 1 {
		return seeds
	}
	var dealt []string
	for i := s.Index; i < len(seeds); i += s.Count {
		dealt = append(dealt, seeds[i])
	}
	return dealt
}

// checkSeeds reports all seeds that the queue would not take.
func checkSeeds(memory *contract.MemorySource, seeds []string, payloadBytes int) error {
	var errs []error
	if len(seeds) > memory.Capacity {
		errs = append(errs, fmt.Errorf("source.memory.seeds: wanted %d (the capacity) or fewer, got %d. Raise the capacity",
			memory.Capacity, len(seeds)))
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
func (s *source) enqueue(ctx context.Context, id string, payload any, options ...queue.Option) error {
	if s.enqueuer == nil {
		return ErrNoEnqueue
	}
	task, err := queue.NewTask(id, payload, options...)
	if err != nil {
		return err
	}
	return s.enqueuer.Enqueue(ctx, task)
}
