package main

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

func redisClient(at place) *redis.Client {
	return redis.NewClient(&redis.Options{Addr: at.Address, ContextTimeoutEnabled: true})
}

func prepareRedis(ctx context.Context, at place) error {
	client := redisClient(at)
	defer func() { _ = client.Close() }()
	err := client.XGroupCreateMkStream(ctx, at.Queue, consumerName, "0").Err()
	if err != nil && !strings.HasPrefix(err.Error(), "BUSYGROUP") {
		return err
	}
	return nil
}

func enqueueRedis(ctx context.Context, at place, payloads [][]byte) error {
	client := redisClient(at)
	defer func() { _ = client.Close() }()
	_, err := client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for _, payload := range payloads {
			pipe.XAdd(ctx, &redis.XAddArgs{Stream: at.Queue, Values: []any{"payload", payload}})
		}
		return nil
	})
	return err
}

// redisLoop is a loop by hand: as many entries as there are slots are read ahead, and acknowledgements go in batches.
var redisLoop = contender{
	name: "go-redis", broker: onRedis, prepare: prepareRedis, enqueue: enqueueRedis,
	consume: func(ctx context.Context, at place, slots int, handle handler) error {
		client := redisClient(at)
		defer func() { _ = client.Close() }()
		ids, acked := make(chan string, 10*slots), make(chan error, 1)
		go func() { acked <- ackInBatches(context.WithoutCancel(ctx), client, at, ids) }()
		err := readEntries(ctx, client, at, slots, func(m redis.XMessage) {
			payload, _ := m.Values["payload"].(string)
			handle(ctx, decoded([]byte(payload)))
			ids <- m.ID
		})
		close(ids)
		return errors.Join(err, <-acked)
	},
}

func readEntries(ctx context.Context, client *redis.Client, at place, slots int, do func(redis.XMessage)) error {
	entries := make(chan redis.XMessage, slots)
	var running sync.WaitGroup
	for range slots {
		running.Go(func() {
			for m := range entries {
				do(m)
			}
		})
	}
	defer running.Wait()
	defer close(entries)
	claimed := time.Now()
	for ctx.Err() == nil {
		if time.Since(claimed) > leaseTime/2 {
			claimed = time.Now()
			left, _, err := client.XAutoClaim(ctx, &redis.XAutoClaimArgs{
				Stream: at.Queue, Group: consumerName, Consumer: "loop", MinIdle: leaseTime, Start: "0", Count: int64(10 * slots),
			}).Result()
			if err != nil && ctx.Err() == nil {
				return err
			}
			for _, m := range left {
				entries <- m
			}
		}
		read, err := client.XReadGroup(ctx, &redis.XReadGroupArgs{
			Group: consumerName, Consumer: "loop", Streams: []string{at.Queue, ">"}, Count: int64(slots), Block: time.Second,
		}).Result()
		if errors.Is(err, redis.Nil) {
			continue
		}
		if err != nil && ctx.Err() == nil {
			return err
		}
		for _, stream := range read {
			for _, m := range stream.Messages {
				entries <- m
			}
		}
	}
	return nil
}

func ackInBatches(ctx context.Context, client *redis.Client, at place, ids <-chan string) error {
	var failed error
	for first := range ids {
		batch := []string{first}
		for more := true; more && len(batch) < 500; {
			select {
			case id, open := <-ids:
				if more = open; open {
					batch = append(batch, id)
				}
			default:
				more = false
			}
		}
		_, err := client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
			pipe.XAck(ctx, at.Queue, consumerName, batch...)
			pipe.XDel(ctx, at.Queue, batch...)
			return nil
		})
		failed = errors.Join(failed, err)
	}
	return failed
}
