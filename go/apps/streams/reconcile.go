package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"capstan/contract"
)

const (
	// callTimeout is for one call of the API.
	callTimeout = 5 * time.Second
	// retryWait is the pause before a call that failed for a reason that passes.
	retryWait = time.Second
)

// stream is a declared stream, and what is on the server.
type stream struct {
	declared contract.Stream
	found    *jetstream.StreamInfo // nil: not there
}

// reconcile makes the streams what they are declared to be. It looks at all before it changes one.
func reconcile(ctx context.Context, js jetstream.JetStream, declared []contract.Stream, log *slog.Logger) error {
	streams := make([]stream, len(declared))
	for i, d := range declared {
		found, err := look(ctx, js, d.Name, log)
		if err != nil {
			return fmt.Errorf("stream %s: %w", d.Name, err)
		}
		streams[i] = stream{d, found}
	}
	var refused []error
	for _, s := range streams {
		refused = append(refused, s.losses(time.Now())...)
	}
	if err := errors.Join(refused...); err != nil {
		return &refusedError{err}
	}
	for _, s := range streams {
		if err := s.apply(ctx, js, log); err != nil {
			return fmt.Errorf("stream %s: %w", s.declared.Name, err)
		}
	}
	return nil
}

// look returns nil for a stream that is not there.
func look(ctx context.Context, js jetstream.JetStream, name string, log *slog.Logger) (*jetstream.StreamInfo, error) {
	var info *jetstream.StreamInfo
	err := retry(ctx, log, func(ctx context.Context) error {
		found, err := js.Stream(ctx, name)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			return nil
		}
		if err == nil {
			info = found.CachedInfo()
		}
		return err
	})
	return info, err
}

// apply creates or updates one stream.
func (s stream) apply(ctx context.Context, js jetstream.JetStream, log *slog.Logger) error {
	name := slog.String("stream", s.declared.Name)
	if s.found == nil {
		err := retry(ctx, log, func(ctx context.Context) error {
			_, err := js.CreateStream(ctx, wanted(s.declared, jetstream.StreamConfig{}))
			return err
		})
		if err == nil {
			log.Info("stream created", name)
		}
		return err
	}
	config := wanted(s.declared, s.found.Config)
	changed := differences(s.found.Config, config)
	if len(changed) == 0 {
		log.Info("stream is as declared", name)
		return nil
	}
	err := retry(ctx, log, func(ctx context.Context) error {
		_, err := js.UpdateStream(ctx, config)
		return err
	})
	if err == nil {
		log.Info("stream updated", name, slog.Any("changed", changed))
	}
	return err
}

// retry calls again while the reason to fail may pass, until ctx ends.
func retry(ctx context.Context, log *slog.Logger, call func(context.Context) error) error {
	var said string
	for {
		limited, cancel := context.WithTimeout(ctx, callTimeout)
		err := call(limited)
		cancel()
		if err == nil {
			return nil
		}
		if !passes(err) {
			return &refusedError{err}
		}
		if text := err.Error(); text != said {
			log.Warn("waiting for the servers", "error", err)
			said = text
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(retryWait):
		}
	}
}

// Codes of refusals that pass, though they look like a mistake: see errors.json of nats-server.
const (
	codeNoPeers     = 10005 // not enough servers to place a stream, yet
	codeNoResources = 10023 // likewise
)

// passes says that a later call may succeed: servers start, leaders are elected.
func passes(err error) bool {
	var api *jetstream.APIError
	if !errors.As(err, &api) {
		return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, nats.ErrTimeout) ||
			errors.Is(err, nats.ErrNoResponders) || errors.Is(err, nats.ErrDisconnected)
	}
	return api.Code == 503 || api.ErrorCode == codeNoPeers || api.ErrorCode == codeNoResources
}
