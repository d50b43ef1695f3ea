package faults

import (
	"context"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"

	"capstan/contract"
	"capstan/queue/driver"
	driven "capstan/queue/kafka"
	"capstan/queue/kafka/kafkatest"
	"capstan/test/faults/proxy"
)

// partitions of the topic: all workers of a play have some.
const partitions = 6

// kafkaBroker is one broker of Apache Kafka with topics of the play's own.
type kafkaBroker struct {
	t             *testing.T
	server        *kafkatest.Server
	admin         *kadm.Client
	tasks, graves string
	side          *proxy.Proxy // in front of the second listener; nil where there is none
}

func startKafka(t *testing.T, own bool) broker {
	if !own {
		return newKafka(t, kafkatest.Shared(t), nil)
	}
	var side *proxy.Proxy
	server := kafkatest.Start(t, kafkatest.Beside(func(address string) string {
		side = lineTo(t, address)
		return side.Address
	}))
	return newKafka(t, server, side)
}

func newKafka(t *testing.T, server *kafkatest.Server, side *proxy.Proxy) broker {
	return &kafkaBroker{
		t: t, server: server, admin: server.Admin(t), side: side,
		tasks: server.Topic(t, partitions), graves: server.Topic(t, 1),
	}
}

func (b *kafkaBroker) name() string { return "kafka" }

func (b *kafkaBroker) driver() driver.Driver { return driven.Driver }

func (b *kafkaBroker) addresses() []string { return []string{b.server.Address} }

// line is the second listener of the broker, which tells its clients the line's own address: they
// do not go on with what they were given to begin with.
func (b *kafkaBroker) line(t *testing.T) *proxy.Proxy {
	if b.side == nil {
		t.Fatal("this broker has one listener")
	}
	return b.side
}

func (b *kafkaBroker) source(addresses []string) contract.Source {
	return contract.Source{Kafka: &contract.KafkaSource{
		Brokers: addresses, Topic: b.tasks, Group: b.tasks, DeadLetterTopic: &b.graves,
	}}
}

func (b *kafkaBroker) target(addresses []string) contract.Publish {
	return contract.Publish{Kafka: &contract.KafkaTarget{Brokers: addresses, Topic: b.tasks}}
}

// unsettled is what lies behind the offsets that the group has committed.
func (b *kafkaBroker) unsettled(ctx context.Context) (int, error) {
	committed, err := b.admin.FetchOffsetsForTopics(ctx, b.tasks, b.tasks)
	if err == nil {
		err = committed.Error()
	}
	if err != nil {
		return 0, err
	}
	ends, err := b.admin.ListEndOffsets(ctx, b.tasks)
	if err == nil {
		err = ends.Error()
	}
	if err != nil {
		return 0, err
	}
	var left int64
	for id, end := range ends[b.tasks] {
		left += end.Offset
		if offset, found := committed.Lookup(b.tasks, id); found {
			left -= max(0, offset.At)
		}
	}
	return int(left), nil
}

func (b *kafkaBroker) stop() { b.server.Terminate(b.t) }

func (b *kafkaBroker) kill() { b.server.Kill(b.t) }

func (b *kafkaBroker) resume() { b.server.Resume(b.t) }
