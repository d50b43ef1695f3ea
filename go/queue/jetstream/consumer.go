package jetstream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"capstan/queue/driver"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	// askAgain is the pause between two tries while the stream or JetStream is not there.
	askAgain = 500 * time.Millisecond
	// apiTimeout is for one call of JetStream's API.
	apiTimeout = 5 * time.Second
)

// awaitConsumer creates or updates the consumer, and tries again until ctx ends while the stream,
// or JetStream itself, is not there yet.
func (q *Queue) awaitConsumer(ctx context.Context) error {
	return driver.Await{
		Pause: askAgain, IsPassing: isAbsence,
		Say: func(err error) {
			q.config.Log.Warn("waiting for the stream", "stream", q.config.Stream, "error", err)
		},
	}.Until(ctx, func() error { return q.ensureConsumer(ctx) })
}

// ensureConsumer creates or updates the consumer, and checks that dead letters have a place.
func (q *Queue) ensureConsumer(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, apiTimeout)
	defer cancel()
	consumer, err := q.js.CreateOrUpdateConsumer(ctx, q.config.Stream, q.config.consumer())
	if err != nil {
		return fmt.Errorf("create or update consumer %q of stream %q: %w", q.config.Consumer, q.config.Stream, err)
	}
	if subject := q.config.DeadLetterSubject; subject != "" {
		if _, err := q.js.StreamNameBySubject(ctx, subject); err != nil {
			return fmt.Errorf("no stream takes dead letters on %q: %w", subject, err)
		}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.consumer = consumer
	return nil
}

func (c Config) consumer() jetstream.ConsumerConfig {
	config := jetstream.ConsumerConfig{
		Durable:       c.Consumer,
		AckPolicy:     jetstream.AckExplicitPolicy,
		AckWait:       c.AckWait,
		MaxAckPending: c.MaxAckPending,
		MaxDeliver:    -1, // the worker counts attempts, and buries a task after its last; see doc.go
	}
	// One subject has a field of its own, which servers handle faster.
	if len(c.Subjects) == 1 {
		config.FilterSubject = c.Subjects[0]
	} else {
		config.FilterSubjects = c.Subjects
	}
	config.Metadata = map[string]string{metaSettings: stamp(config)}
	return config
}

// isAbsence says that something may still come: others make streams and start servers.
func isAbsence(err error) bool {
	return errors.Is(err, jetstream.ErrStreamNotFound) || isUnavailable(err)
}

// isUnavailable says that the servers do not answer, or not yet.
func isUnavailable(err error) bool {
	var api jetstream.JetStreamError
	if errors.As(err, &api) && api.APIError() != nil && api.APIError().Code == 503 {
		return true
	}
	return errors.Is(err, nats.ErrNoResponders) || errors.Is(err, nats.ErrTimeout) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, nats.ErrDisconnected) || errors.Is(err, jetstream.ErrJetStreamNotEnabled)
}
