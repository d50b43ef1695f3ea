package faults

import (
	"context"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"capstan/contract"
	"capstan/queue/driver"
	driven "capstan/queue/redis"
	"capstan/queue/redis/redistest"
	"capstan/test/faults/proxy"
)

// redisBroker is one redis-server that has on its disk what it has acknowledged.
type redisBroker struct {
	server *redistest.Server
	client *goredis.Client
}

func startRedis(t *testing.T, _ bool) broker {
	server := redistest.Start(t, redistest.Durable...)
	return &redisBroker{server, server.Client()}
}

func (b *redisBroker) name() string { return "redis" }

func (b *redisBroker) driver() driver.Driver { return driven.Driver }

func (b *redisBroker) addresses() []string { return []string{b.server.Address} }

func (b *redisBroker) line(t *testing.T) *proxy.Proxy { return lineTo(t, b.server.Address) }

func (b *redisBroker) source(addresses []string) contract.Source {
	dead := letterStream
	return contract.Source{Redis: &contract.RedisSource{
		Addresses: addresses, Stream: taskStream, Group: consumer, DeadLetterStream: &dead,
	}}
}

func (b *redisBroker) target(addresses []string) contract.Publish {
	return contract.Publish{Redis: &contract.RedisTarget{Addresses: addresses, Stream: taskStream}}
}

// unsettled is what is left in the stream: an entry that is settled is removed.
func (b *redisBroker) unsettled(ctx context.Context) (int, error) {
	n, err := b.client.XLen(ctx, taskStream).Result()
	return int(n), err
}

func (b *redisBroker) stop() { b.server.Terminate() }

func (b *redisBroker) kill() { b.server.Kill() }

func (b *redisBroker) resume() { b.server.Resume() }
