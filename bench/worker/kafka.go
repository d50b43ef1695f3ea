package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// partitions are as many as there are slots: watermill handles one task of a partition at a time.
const partitions = 100

func prepareKafka(ctx context.Context, at place) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(at.Address))
	if err != nil {
		return err
	}
	defer client.Close()
	_, err = kadm.NewClient(client).CreateTopic(ctx, partitions, 1, nil, at.Queue)
	if errors.Is(err, kerr.TopicAlreadyExists) {
		return nil
	}
	return err
}

func enqueueKafka(ctx context.Context, at place, payloads [][]byte) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(at.Address), kgo.DefaultProduceTopic(at.Queue),
		kgo.RecordPartitioner(kgo.RoundRobinPartitioner()), kgo.MaxBufferedRecords(2*enqueuedAtOnce))
	if err != nil {
		return err
	}
	defer client.Close()
	records := make([]*kgo.Record, len(payloads))
	for i, payload := range payloads {
		records[i] = &kgo.Record{Value: payload}
	}
	return client.ProduceSync(ctx, records...).FirstErr()
}

// kafkaLoop is a loop by hand: what polls give is handed to as many goroutines as there are slots, and committed each
// second as far as all polls before are done.
var kafkaLoop = contender{
	name: "franz-go", broker: onKafka, prepare: prepareKafka, enqueue: enqueueKafka,
	consume: func(ctx context.Context, at place, slots int, handle handler) error {
		client, err := kgo.NewClient(kgo.SeedBrokers(at.Address), kgo.ConsumeTopics(at.Queue), kgo.ConsumerGroup(consumerName),
			kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.AutoCommitMarks(), kgo.AutoCommitInterval(time.Second),
			kgo.SessionTimeout(6*time.Second))
		if err != nil {
			return err
		}
		defer client.Close()
		return pollRecords(ctx, client, slots, handle)
	},
}

// poll is what one call gave; it is marked when all of it is done, and all before it.
type poll struct {
	records []*kgo.Record
	undone  sync.WaitGroup
}

func pollRecords(ctx context.Context, client *kgo.Client, slots int, handle handler) error {
	type item struct {
		record *kgo.Record
		of     *poll
	}
	items, polls := make(chan item, slots), make(chan *poll, 1000)
	var running, marking sync.WaitGroup
	for range slots {
		running.Go(func() {
			for it := range items {
				handle(ctx, decoded(it.record.Value))
				it.of.undone.Done()
			}
		})
	}
	marking.Go(func() {
		for p := range polls {
			p.undone.Wait()
			client.MarkCommitRecords(p.records...)
		}
	})
	for ctx.Err() == nil {
		fetched := client.PollRecords(ctx, 2*slots)
		if fetched.IsClientClosed() || ctx.Err() != nil {
			break
		}
		p := &poll{records: fetched.Records()}
		p.undone.Add(len(p.records))
		polls <- p
		for _, r := range p.records {
			items <- item{r, p}
		}
	}
	close(items)
	close(polls)
	running.Wait()
	marking.Wait()
	return client.CommitMarkedOffsets(context.WithoutCancel(ctx))
}
