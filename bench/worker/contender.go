package main

import (
	"context"
	"time"
)

// broker is a kind of server.
type broker string

const (
	onNATS     broker = "NATS JetStream"
	onRedis    broker = "Redis"
	onKafka    broker = "Kafka"
	onPostgres broker = "PostgreSQL"
)

// place is where tasks lie: one for each run.
type place struct {
	// Address is host:port of the broker.
	Address string
	// Queue is the name of the stream, the topic, or the queue.
	Queue string
}

// leaseTime is how long each contender's broker waits for a task of a process that was killed, where that can be set.
const leaseTime = 5 * time.Second

// handler does a task. Contenders that give their users bytes decode them with [decoded].
type handler func(ctx context.Context, t task)

// contender works off tasks.
type contender struct {
	name   string
	broker broker
	// atMost bounds the tasks of a run of speed, for those that would take minutes; 0 does not.
	atMost int
	// prepare makes the queue. It may be called again.
	prepare func(ctx context.Context, at place) error
	// enqueue adds the payloads as this contender's users would add many.
	enqueue func(ctx context.Context, at place, payloads [][]byte) error
	// consume handles tasks in slots at once, until ctx ends; then it stops as gracefully as it can, and returns.
	consume func(ctx context.Context, at place, slots int, handle handler) error
}

func contenders() []contender {
	return []contender{
		capstanOnNATS, natsLoop, natsLoopConfirmed, watermillOnNATS,
		capstanOnRedis, redisLoop, asynqWorker, watermillOnRedis,
		capstanOnKafka, kafkaLoop, watermillOnKafka,
		riverWorker, riverTuned,
	}
}

func contenderNamed(name string) (contender, bool) {
	for _, c := range contenders() {
		if c.name == name {
			return c, true
		}
	}
	return contender{}, false
}
