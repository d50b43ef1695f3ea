package queue

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"
)

// Option says more about a task that is added than its id and payload.
type Option func(*Task)

// NotBefore keeps a task back until t; see Task.NotBefore.
func NotBefore(t time.Time) Option { return func(it *Task) { it.NotBefore = t } }

// Key orders a task among those of the same key; see Task.Key.
func Key(key string) Option { return func(it *Task) { it.Key = key } }

// Headers go with a task to its handler; those that were given before stay, unless they have the
// same name.
func Headers(headers map[string]string) Option {
	return func(it *Task) {
		all := maps.Clone(it.Headers)
		if all == nil {
			all = make(map[string]string, len(headers))
		}
		maps.Copy(all, headers)
		it.Headers = all
	}
}

// NewTask is a task whose payload is encoded as JSON.
func NewTask(id string, payload any, options ...Option) (Task, error) {
	text, err := json.Marshal(payload)
	if err != nil {
		return Task{}, fmt.Errorf("encode task %q: %w", id, err)
	}
	task := Task{ID: id, Payload: text}
	for _, option := range options {
		option(&task)
	}
	return task, nil
}
