package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/IBM/sarama"
	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill-kafka/v3/pkg/kafka"
	"github.com/ThreeDotsLabs/watermill-nats/v2/pkg/jetstream"
	"github.com/ThreeDotsLabs/watermill-redisstream/pkg/redisstream"
	"github.com/ThreeDotsLabs/watermill/message"
	natsjs "github.com/nats-io/nats.go/jetstream"
)

// publishAll is how watermill adds many messages.
func publishAll(publisher message.Publisher, err error, at place, payloads [][]byte) error {
	if err != nil {
		return err
	}
	return errors.Join(inParallel(payloads, 32, func(payload []byte) error {
		return publisher.Publish(at.Queue, message.NewMessage(watermill.NewUUID(), payload))
	}), publisher.Close())
}

// subscribeAll handles the messages of n subscriptions, each of which gives one at a time, until ctx ends.
func subscribeAll(ctx context.Context, at place, n int, subscribe func() (message.Subscriber, error), handle handler) error {
	var running sync.WaitGroup
	var subscribers []message.Subscriber
	for range n {
		subscriber, err := subscribe()
		if err != nil {
			return err
		}
		subscribers = append(subscribers, subscriber)
		messages, err := subscriber.Subscribe(context.WithoutCancel(ctx), at.Queue)
		if err != nil {
			return err
		}
		running.Go(func() {
			for m := range messages {
				running.Go(func() { // as watermill's router does
					handle(ctx, decoded(m.Payload))
					m.Ack()
				})
			}
		})
	}
	<-ctx.Done()
	errs := make([]error, n)
	var closing sync.WaitGroup
	for i, subscriber := range subscribers {
		closing.Go(func() { errs[i] = subscriber.Close() })
	}
	closing.Wait()
	running.Wait()
	return errors.Join(errs...)
}

// inParallel does all items, n at once.
func inParallel(payloads [][]byte, n int, do func([]byte) error) error {
	errs := make([]error, n)
	var all sync.WaitGroup
	for worker := range n {
		all.Go(func() {
			for i := worker; i < len(payloads); i += n {
				errs[worker] = errors.Join(errs[worker], do(payloads[i]))
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

var quiet = watermill.NopLogger{}

// watermillOnRedis has one subscription for each slot, in one consumer group.
var watermillOnRedis = contender{
	name: "watermill, redisstream", broker: onRedis,
	prepare: func(context.Context, place) error { return nil },
	enqueue: func(_ context.Context, at place, payloads [][]byte) error {
		publisher, err := redisstream.NewPublisher(redisstream.PublisherConfig{Client: redisClient(at)}, quiet)
		return publishAll(publisher, err, at, payloads)
	},
	consume: func(ctx context.Context, at place, slots int, handle handler) error {
		number := 0
		return subscribeAll(ctx, at, slots, func() (message.Subscriber, error) {
			number++
			return redisstream.NewSubscriber(redisstream.SubscriberConfig{
				Client: redisClient(at), ConsumerGroup: consumerName, Consumer: fmt.Sprint("slot-", number),
				BlockTime: 100 * time.Millisecond, MaxIdleTime: leaseTime, ClaimInterval: leaseTime / 2,
				DisableIndefiniteInitialBlock: true,
			}, quiet)
		}, handle)
	},
}

// watermillOnNATS takes as many messages at once as there are slots: it has no other bound.
var watermillOnNATS = contender{
	name: "watermill, jetstream", broker: onNATS, atMost: 2000, prepare: prepareNATS, enqueue: enqueueNATS,
	consume: func(ctx context.Context, at place, slots int, handle handler) error {
		return subscribeAll(ctx, at, 1, func() (message.Subscriber, error) {
			return jetstream.NewSubscriber(jetstream.SubscriberConfig{
				URL: at.Address, Logger: quiet, AckWaitTimeout: leaseTime, AckAsync: true, Unmarshaler: rawMessages{},
				ResourceInitializer: func(ctx context.Context, js natsjs.JetStream, topic string) (
					natsjs.Consumer, func(context.Context, watermill.LoggerAdapter), error,
				) {
					consumer, err := js.CreateOrUpdateConsumer(ctx, topic, natsjs.ConsumerConfig{
						Durable: consumerName, AckPolicy: natsjs.AckExplicitPolicy, AckWait: leaseTime, MaxAckPending: slots,
					})
					return consumer, nil, err
				},
			})
		}, handle)
	},
}

// rawMessages reads messages that were published without watermill.
type rawMessages struct{}

// Unmarshal implements jetstream.Unmarshaler.
func (rawMessages) Unmarshal(m natsjs.Msg) (*message.Message, error) {
	return message.NewMessage(watermill.NewShortUUID(), m.Data()), nil
}

// watermillOnKafka handles one message of a partition at a time.
var watermillOnKafka = contender{
	name: "watermill, kafka", broker: onKafka, prepare: prepareKafka, enqueue: enqueueKafka,
	consume: func(ctx context.Context, at place, _ int, handle handler) error {
		return subscribeAll(ctx, at, 1, func() (message.Subscriber, error) {
			config := kafka.DefaultSaramaSubscriberConfig()
			config.Consumer.Offsets.Initial = sarama.OffsetOldest
			config.Consumer.Group.Session.Timeout = 6 * time.Second
			config.Consumer.Group.Heartbeat.Interval = 2 * time.Second
			return kafka.NewSubscriber(kafka.SubscriberConfig{
				Brokers: []string{at.Address}, Unmarshaler: kafka.DefaultMarshaler{}, OverwriteSaramaConfig: config, ConsumerGroup: consumerName,
			}, quiet)
		}, handle)
	},
}
