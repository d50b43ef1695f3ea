package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"capstan/tracing"
)

const (
	// cacheTimeout is what the cache may cost a task; developing a photo takes about as long.
	cacheTimeout = 200 * time.Millisecond
	// cacheTime is how long what was developed is kept.
	cacheTime = 24 * time.Hour
	// cachePrefix changes with what is kept.
	cachePrefix = "develop:1:"
)

// cache has what was developed from a content before: the same photo under another name is not
// decoded again. A nil cache has nothing. It never fails a task.
type cache struct {
	client redis.UniversalClient
	log    *slog.Logger
}

// openCache opens the cache that the pod is connected to, see `RedisServer.connection()`; nil where
// there is none. It does not wait for the server. connections is the most that it opens.
func openCache(connections int, log *slog.Logger) *cache {
	options := redis.UniversalOptions{
		Password: os.Getenv("CACHE_PASSWORD"), PoolSize: connections, MaxRetries: -1,
		DialTimeout: cacheTimeout, ReadTimeout: cacheTimeout, WriteTimeout: cacheTimeout, ContextTimeoutEnabled: true,
	}
	switch address, sentinels := os.Getenv("CACHE_ADDRESS"), os.Getenv("CACHE_SENTINELS"); {
	case sentinels != "":
		options.Addrs, options.MasterName = strings.Split(sentinels, ","), os.Getenv("CACHE_MASTER")
	case address != "":
		options.Addrs = []string{address}
	default:
		return nil
	}
	return &cache{client: redis.NewUniversalClient(&options), log: log}
}

// developed is what a content gives, whatever its name: the metadata of one photo of it, and the
// thumbnail, behind one another.
func (c *cache) developed(ctx context.Context, sha256 string) (facts metadata, thumbnail []byte, found bool) {
	if c == nil {
		return metadata{}, nil, false
	}
	ctx, end := tracing.Section(ctx, "cache")
	ctx, cancel := context.WithTimeout(ctx, cacheTimeout)
	defer cancel()
	value, err := c.client.Get(ctx, cachePrefix+sha256).Bytes()
	if errors.Is(err, redis.Nil) {
		end(nil)
		return metadata{}, nil, false
	}
	end(err)
	if err != nil {
		c.log.WarnContext(ctx, "cache not read", "error", err)
		return metadata{}, nil, false
	}
	text, thumbnail, _ := bytes.Cut(value, []byte{'\n'})
	if json.Unmarshal(text, &facts) != nil || facts.SHA256 != sha256 || facts.Thumbnail.Bytes != len(thumbnail) {
		return metadata{}, nil, false
	}
	return facts, thumbnail, true
}

// keep keeps what was developed.
func (c *cache) keep(ctx context.Context, facts metadata, thumbnail []byte) {
	if c == nil {
		return
	}
	text, err := json.Marshal(facts)
	if err == nil {
		limited, cancel := context.WithTimeout(ctx, cacheTimeout)
		defer cancel()
		err = c.client.Set(limited, cachePrefix+facts.SHA256, append(append(text, '\n'), thumbnail...), cacheTime).Err()
	}
	if err != nil {
		c.log.WarnContext(ctx, "cache not written", "error", err)
	}
}

func (c *cache) close() {
	if c != nil {
		_ = c.client.Close()
	}
}

// digest is a name of a fixed length for one of any.
func digest(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}
