package kafka

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"capstan/queue"
)

// reserved begins the names of headers that are the queue's own.
const reserved = "Capstan-"

// Headers of a task and of a dead letter, besides those of the task; the value is the payload.
const (
	// HeaderID has the id of the task.
	HeaderID = "Capstan-Id"
	// HeaderReason says in one line why it died.
	HeaderReason = "Capstan-Reason"
	// HeaderDetail has the further lines of the reason, such as a stack.
	HeaderDetail = "Capstan-Detail"
	// HeaderAttempts counts its deliveries.
	HeaderAttempts = "Capstan-Attempts"
	// HeaderGroup is the consumer group whose worker buried it.
	HeaderGroup = "Capstan-Group"
	// HeaderPlace is where the task lay: TOPIC-PARTITION-OFFSET.
	HeaderPlace = "Capstan-Place"
	// HeaderKey has the key of the task's record, where it had one.
	HeaderKey = "Capstan-Key"
	// HeaderDied is when it died, in milliseconds of Unix time.
	HeaderDied = "Capstan-Died"
)

// placeOf is unique among the records of a cluster.
func placeOf(r *kgo.Record) string {
	return r.Topic + "-" + strconv.Itoa(int(r.Partition)) + "-" + strconv.FormatInt(r.Offset, 10)
}

// headerOf is the value of the first header of that name, or none.
func headerOf(r *kgo.Record, name string) (string, bool) {
	for _, h := range r.Headers {
		if h.Key == name {
			return string(h.Value), true
		}
	}
	return "", false
}

// idOf is the id that the task was published with, or else its place.
func idOf(r *kgo.Record) string {
	if id, found := headerOf(r, HeaderID); found && id != "" {
		return id
	}
	return placeOf(r)
}

// headersOf are the headers of a task, without the queue's own.
func headersOf(r *kgo.Record) map[string]string {
	var headers map[string]string
	for _, h := range r.Headers {
		if strings.HasPrefix(h.Key, reserved) {
			continue
		}
		if headers == nil {
			headers = make(map[string]string, len(r.Headers))
		}
		headers[h.Key] = string(h.Value)
	}
	return headers
}

// recordOf is what a task is published as.
func recordOf(topic string, t queue.Task) *kgo.Record {
	r := &kgo.Record{Topic: topic, Value: t.Payload}
	if t.Key != "" {
		r.Key = []byte(t.Key)
	}
	if t.ID != "" {
		r.Headers = append(r.Headers, kgo.RecordHeader{Key: HeaderID, Value: []byte(t.ID)})
	}
	for name, value := range t.Headers {
		r.Headers = append(r.Headers, kgo.RecordHeader{Key: name, Value: []byte(value)})
	}
	return r
}

// letter is the dead letter of a task.
func (q *Queue) letter(d queue.Delivery, r *kgo.Record, reason string) *kgo.Record {
	line, detail, _ := strings.Cut(reason, "\n")
	place := placeOf(r)
	letter := &kgo.Record{
		Topic: q.config.DeadLetterTopic, Key: letterKey(q.config.Group, place),
		// A record without a value would hide the letter.
		Value: append([]byte{}, r.Value...),
	}
	add := func(name, value string) {
		letter.Headers = append(letter.Headers, kgo.RecordHeader{Key: name, Value: []byte(value)})
	}
	add(HeaderID, d.ID)
	add(HeaderReason, line)
	if detail != "" {
		add(HeaderDetail, detail)
	}
	add(HeaderAttempts, strconv.Itoa(d.Attempt))
	add(HeaderGroup, q.config.Group)
	add(HeaderPlace, place)
	add(HeaderDied, strconv.FormatInt(time.Now().UnixMilli(), 10))
	if len(r.Key) > 0 {
		add(HeaderKey, string(r.Key))
	}
	for name, value := range d.Headers {
		add(name, value)
	}
	return letter
}

func letterKey(group, place string) []byte { return fmt.Appendf(nil, "%s/%s", group, place) }
