package jetstream

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"capstan/queue"
)

// metaSettings is the key of a consumer's metadata with the hash of the settings that a worker made:
// it tells the settings of another version of the worker from those that somebody changed.
const metaSettings = "capstan-settings"

// stamp is the hash of a consumer's settings.
func stamp(c jetstream.ConsumerConfig) string {
	c.Metadata = nil
	text, _ := json.Marshal(c) // a struct of plain fields
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// Drift implements [queue.Drifter].
func (q *Queue) Drift(ctx context.Context) ([]queue.Difference, error) {
	info, err := q.info(ctx)
	if err != nil {
		return nil, err
	}
	want, got := q.config.consumer(), info.Config
	if made := got.Metadata[metaSettings]; made != "" && made != want.Metadata[metaSettings] {
		return nil, nil // those of another version of the worker
	}
	var found []queue.Difference
	compare := func(field string, wanted, is any) {
		if w, g := fmt.Sprint(wanted), fmt.Sprint(is); w != g {
			found = append(found, queue.Difference{Field: field, Wanted: w, Got: g})
		}
	}
	compare("ack_policy", want.AckPolicy, got.AckPolicy)
	compare("ack_wait", want.AckWait, got.AckWait)
	compare("max_ack_pending", want.MaxAckPending, got.MaxAckPending)
	compare("max_deliver", want.MaxDeliver, got.MaxDeliver)
	compare("filter_subjects", filters(want), filters(got))
	compare("backoff", want.BackOff, got.BackOff)
	compare("headers_only", want.HeadersOnly, got.HeadersOnly)
	compare("max_batch", want.MaxRequestBatch, got.MaxRequestBatch)
	compare("max_expires", want.MaxRequestExpires, got.MaxRequestExpires)
	compare("max_bytes", want.MaxRequestMaxBytes, got.MaxRequestMaxBytes)
	compare("inactive_threshold", want.InactiveThreshold, got.InactiveThreshold)
	compare("priority_groups", want.PriorityGroups, got.PriorityGroups)
	compare("paused", false, info.Paused)
	return found, nil
}

func filters(c jetstream.ConsumerConfig) string {
	if c.FilterSubject != "" {
		return c.FilterSubject
	}
	if len(c.FilterSubjects) == 0 {
		return "all"
	}
	return strings.Join(c.FilterSubjects, ", ")
}
