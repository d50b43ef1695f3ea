package jetstream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	// releasesBucket is one for all consumers of an account.
	releasesBucket = "capstan-released"
	// releasesKept is how long a count is kept; a task that waits longer counts them as attempts.
	releasesKept = 7 * 24 * time.Hour
)

// releases counts, for each task, the deliveries that were released, across processes.
type releases struct {
	js     jetstream.JetStream
	stream string
	prefix string // of this consumer's keys
	log    *slog.Logger

	mu     sync.Mutex
	bucket jetstream.KeyValue // nil: not looked up, or not there
	warned bool
}

func newReleases(js jetstream.JetStream, c Config) *releases {
	return &releases{js: js, stream: c.Stream, prefix: namesOf(c.Stream, c.Consumer), log: c.Log}
}

// count is how many deliveries of the task at that place were released. What cannot be read counts as none.
func (r *releases) count(ctx context.Context, place string) uint64 {
	ctx, cancel := context.WithTimeout(ctx, apiTimeout)
	defer cancel()
	bucket, err := r.find(ctx)
	if err != nil {
		if !errors.Is(err, jetstream.ErrBucketNotFound) {
			r.warn(err)
		}
		return 0
	}
	entry, err := bucket.Get(ctx, r.prefix+place)
	if err != nil {
		if !errors.Is(err, jetstream.ErrKeyNotFound) {
			r.warn(err)
		}
		return 0
	}
	n, err := strconv.ParseUint(string(entry.Value()), 10, 64)
	if err != nil {
		r.warn(err)
	}
	return n
}

// note keeps the count of a task that is about to be released.
func (r *releases) note(ctx context.Context, place string, count uint64) {
	bucket, err := r.find(ctx)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		bucket, err = r.create(ctx)
	}
	if err == nil {
		_, err = bucket.PutString(ctx, r.prefix+place, strconv.FormatUint(count, 10))
	}
	if err != nil {
		r.warn(err)
	}
}

func (r *releases) find(ctx context.Context) (jetstream.KeyValue, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.bucket != nil {
		return r.bucket, nil
	}
	bucket, err := r.js.KeyValue(ctx, releasesBucket)
	if err != nil {
		return nil, err
	}
	r.bucket = bucket
	return bucket, nil
}

// create makes the bucket as safe as the stream is.
func (r *releases) create(ctx context.Context) (jetstream.KeyValue, error) {
	stream, err := r.js.Stream(ctx, r.stream)
	if err != nil {
		return nil, err
	}
	bucket, err := r.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket: releasesBucket, Description: "Capstan: deliveries that were handed back", TTL: releasesKept,
		Replicas: stream.CachedInfo().Config.Replicas,
	})
	if err != nil {
		return nil, fmt.Errorf("make bucket %q: %w", releasesBucket, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bucket = bucket
	return bucket, nil
}

// warn says once that released deliveries count as attempts.
func (r *releases) warn(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.warned {
		r.log.Warn("deliveries that are handed back count as attempts", "bucket", releasesBucket, "error", err)
	}
	r.warned = true
}
