package main

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"capstan/contract"
	"capstan/queue"
	"capstan/queue/driver"
	"capstan/queue/jetstream"
	"capstan/queue/kafka"
	"capstan/queue/redis"
	"capstan/worker"
)

// capstanContract is what the plan gives a worker of tasks of a few milliseconds: nothing in it is tuned for a broker.
func capstanContract(source contract.Source, slots int) *contract.WorkerContract {
	return &contract.WorkerContract{
		Contract: 1, Name: "bench", Source: source,
		Pool:  contract.Pool{Slots: slots},
		Fetch: contract.Fetch{Factor: 2, MaxPrefetch: 10 * slots},
		Task: contract.Task{
			MaxSeconds: leaseTime.Seconds() - 1, AckWaitSeconds: leaseTime.Seconds(), MaxAttempts: 5,
			Backoff: contract.Backoff{InitialSeconds: 0.1, MaxSeconds: 1, Factor: 2},
		},
		Shutdown: contract.Shutdown{DrainSeconds: 8, FlushSeconds: 2},
		Http:     contract.Http{Host: new("127.0.0.1")},
	}
}

func consumeCapstan(ctx context.Context, c *contract.WorkerContract, d driver.Driver, handle handler) error {
	run := func(ctx context.Context, t worker.Task[task]) error {
		handle(ctx, t.Payload)
		return nil
	}
	_, err := worker.Run(ctx, c, worker.Stateless(run), worker.Options{
		Drivers: driver.Drivers{d}, Log: slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	return err
}

var capstanOnNATS = contender{
	name: "Capstan, JetStream", broker: onNATS, prepare: prepareNATS, enqueue: enqueueNATS,
	consume: func(ctx context.Context, at place, slots int, handle handler) error {
		return consumeCapstan(ctx, capstanContract(contract.Source{Jetstream: &contract.JetStreamSource{
			Servers: []string{at.Address}, Stream: at.Queue, Consumer: consumerName, MaxAckPending: 40 * slots,
		}}, slots), jetstream.Driver, handle)
	},
}

// capstanOnKafka tries each task once: Kafka counts no attempts.
var capstanOnKafka = contender{
	name: "Capstan, Kafka", broker: onKafka, prepare: prepareKafka, enqueue: enqueueKafka,
	consume: func(ctx context.Context, at place, slots int, handle handler) error {
		c := capstanContract(contract.Source{Kafka: &contract.KafkaSource{
			Brokers: []string{at.Address}, Topic: at.Queue, Group: consumerName,
		}}, slots)
		c.Task.MaxAttempts, c.Task.Backoff = 1, contract.Backoff{Factor: 1}
		return consumeCapstan(ctx, c, kafka.Driver, handle)
	},
}

// capstanOnRedis has Capstan's own format of entries, so its tasks come from Capstan's own publisher.
var capstanOnRedis = contender{
	name: "Capstan, Redis", broker: onRedis,
	prepare: func(context.Context, place) error { return nil },
	enqueue: func(ctx context.Context, at place, payloads [][]byte) error {
		publisher, err := redis.Driver.OpenPublisher(ctx, "bench", &contract.Publish{Redis: &contract.RedisTarget{
			Addresses: []string{at.Address}, Stream: at.Queue,
		}}, slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		return errors.Join(inParallel(payloads, 32, func(payload []byte) error {
			return publisher.Publish(ctx, queue.Task{Payload: payload})
		}), publisher.Close())
	},
	consume: func(ctx context.Context, at place, slots int, handle handler) error {
		return consumeCapstan(ctx, capstanContract(contract.Source{Redis: &contract.RedisSource{
			Addresses: []string{at.Address}, Stream: at.Queue, Group: consumerName,
		}}, slots), redis.Driver, handle)
	},
}
