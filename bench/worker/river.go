package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// riverWorker has river's defaults, but for the number of slots and the log.
var riverWorker = riverContender("river", func(*river.Config) {})

// riverTuned fetches as often as river allows.
var riverTuned = riverContender("river, tuned", func(c *river.Config) {
	c.FetchCooldown, c.FetchPollInterval = time.Millisecond, time.Millisecond
})

type riverArgs struct {
	Payload string `json:"payload"`
}

func (riverArgs) Kind() string { return taskType }

type riverHandler struct {
	river.WorkerDefaults[riverArgs]
	handle handler
}

func (h *riverHandler) Work(ctx context.Context, job *river.Job[riverArgs]) error {
	h.handle(ctx, decoded([]byte(job.Args.Payload)))
	return nil
}

func riverContender(name string, tune func(*river.Config)) contender {
	return contender{
		name: name, broker: onPostgres, atMost: 20_000,
		prepare: func(ctx context.Context, at place) error {
			return withPostgres(ctx, at, func(db *pgxpool.Pool) error {
				migrator, err := rivermigrate.New(riverpgxv5.New(db), nil)
				if err == nil {
					_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
				}
				return err
			})
		},
		enqueue: func(ctx context.Context, at place, payloads [][]byte) error {
			return withPostgres(ctx, at, func(db *pgxpool.Pool) error {
				client, err := river.NewClient(riverpgxv5.New(db), &river.Config{Logger: slog.New(slog.DiscardHandler)})
				if err != nil {
					return err
				}
				jobs := make([]river.InsertManyParams, len(payloads))
				for i, payload := range payloads {
					jobs[i] = river.InsertManyParams{Args: riverArgs{string(payload)}, InsertOpts: &river.InsertOpts{Queue: at.Queue}}
				}
				_, err = client.InsertManyFast(ctx, jobs)
				return err
			})
		},
		consume: func(ctx context.Context, at place, slots int, handle handler) error {
			return withPostgres(ctx, at, func(db *pgxpool.Pool) error {
				workers := river.NewWorkers()
				river.AddWorker(workers, &riverHandler{handle: handle})
				config := &river.Config{
					Logger: slog.New(slog.DiscardHandler), Workers: workers,
					Queues:     map[string]river.QueueConfig{at.Queue: {MaxWorkers: slots}},
					JobTimeout: leaseTime - time.Second, RescueStuckJobsAfter: leaseTime,
				}
				tune(config)
				client, err := river.NewClient(riverpgxv5.New(db), config)
				if err != nil {
					return err
				}
				if err := client.Start(context.WithoutCancel(ctx)); err != nil {
					return err
				}
				<-ctx.Done()
				return client.Stop(context.WithoutCancel(ctx))
			})
		},
	}
}

func withPostgres(ctx context.Context, at place, do func(*pgxpool.Pool) error) error {
	db, err := pgxpool.New(ctx, at.Address+"&pool_max_conns=20")
	if err != nil {
		return err
	}
	defer db.Close()
	return do(db)
}
