package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const consumerName = "worker"

func prepareNATS(ctx context.Context, at place) error {
	return withJetStream(at, func(js jetstream.JetStream) error {
		_, err := js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
			Name: at.Queue, Subjects: []string{at.Queue}, Retention: jetstream.WorkQueuePolicy,
		})
		return err
	})
}

func enqueueNATS(ctx context.Context, at place, payloads [][]byte) error {
	return withJetStream(at, func(js jetstream.JetStream) error {
		for _, payload := range payloads {
			if _, err := js.PublishAsync(at.Queue, payload, jetstream.WithStallWait(30*time.Second)); err != nil {
				return err
			}
		}
		select {
		case <-js.PublishAsyncComplete():
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

func withJetStream(at place, do func(jetstream.JetStream) error) error {
	conn, err := nats.Connect(at.Address)
	if err != nil {
		return err
	}
	defer conn.Close()
	js, err := jetstream.New(conn, jetstream.WithPublishAsyncMaxPending(1000))
	if err != nil {
		return err
	}
	return do(js)
}

// natsLoop is a loop by hand: messages are fetched ahead, two for each slot, and acknowledged without waiting for the
// server to hear.
var natsLoop = contender{
	name: "nats.go, ack", broker: onNATS, prepare: prepareNATS, enqueue: enqueueNATS,
	consume: func(ctx context.Context, at place, slots int, handle handler) error {
		return consumeNATS(ctx, at, slots, handle, func(m jetstream.Msg) error { return m.Ack() })
	},
}

// natsLoopConfirmed waits until the server has heard, as Capstan does.
var natsLoopConfirmed = contender{
	name: "nats.go, confirmed ack", broker: onNATS, prepare: prepareNATS, enqueue: enqueueNATS,
	consume: func(ctx context.Context, at place, slots int, handle handler) error {
		return consumeNATS(ctx, at, slots, handle, func(m jetstream.Msg) error { return m.DoubleAck(context.WithoutCancel(ctx)) })
	},
}

func consumeNATS(ctx context.Context, at place, slots int, handle handler, ack func(jetstream.Msg) error) error {
	return withJetStream(at, func(js jetstream.JetStream) error {
		consumer, err := js.CreateOrUpdateConsumer(ctx, at.Queue, jetstream.ConsumerConfig{
			Durable: consumerName, AckPolicy: jetstream.AckExplicitPolicy, AckWait: leaseTime, MaxAckPending: 20 * slots,
		})
		if err != nil {
			return err
		}
		messages, err := consumer.Messages(jetstream.PullMaxMessages(2 * slots))
		if err != nil {
			return err
		}
		context.AfterFunc(ctx, messages.Stop)
		free := make(chan struct{}, slots)
		var running sync.WaitGroup
		var failed error
		for {
			message, err := messages.Next()
			if errors.Is(err, jetstream.ErrMsgIteratorClosed) {
				break
			}
			if err != nil {
				return err
			}
			free <- struct{}{}
			running.Go(func() {
				handle(ctx, decoded(message.Data()))
				if err := ack(message); err != nil && ctx.Err() == nil {
					failed = err
				}
				<-free
			})
		}
		running.Wait()
		return errors.Join(failed, js.Conn().FlushTimeout(10*time.Second))
	})
}
