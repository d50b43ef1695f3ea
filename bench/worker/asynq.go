package main

import (
	"context"
	"errors"
	"time"

	"github.com/hibiken/asynq"
)

const taskType = "task"

// asynqWorker has asynq's defaults, but for the number of slots and the log.
var asynqWorker = contender{
	name: "asynq", broker: onRedis, atMost: 20_000,
	prepare: func(context.Context, place) error { return nil },
	enqueue: func(ctx context.Context, at place, payloads [][]byte) error {
		client := asynq.NewClient(asynq.RedisClientOpt{Addr: at.Address})
		// asynq has no call for many: as many goroutines as keep the server busy.
		return errors.Join(inParallel(payloads, 32, func(payload []byte) error {
			_, err := client.EnqueueContext(ctx, asynq.NewTask(taskType, payload), asynq.Queue(at.Queue))
			return err
		}), client.Close())
	},
	consume: func(ctx context.Context, at place, slots int, handle handler) error {
		server := asynq.NewServer(asynq.RedisClientOpt{Addr: at.Address}, asynq.Config{
			Concurrency: slots, Queues: map[string]int{at.Queue: 1}, LogLevel: asynq.FatalLevel, ShutdownTimeout: 8 * time.Second,
		})
		err := server.Start(asynq.HandlerFunc(func(ctx context.Context, t *asynq.Task) error {
			handle(ctx, decoded(t.Payload()))
			return nil
		}))
		if err != nil {
			return err
		}
		<-ctx.Done()
		server.Shutdown()
		return nil
	},
}
