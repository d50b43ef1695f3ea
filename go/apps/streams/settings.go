package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"capstan/contract"
)

// unbounded is JetStream's word for a bound that is left out.
const unbounded = -1

// defaultWindow is how long ids are remembered when the declaration says nothing.
const defaultWindow = 2 * time.Minute

var (
	storages = map[contract.StreamStorage]jetstream.StorageType{
		contract.StreamStorageFile: jetstream.FileStorage, contract.StreamStorageMemory: jetstream.MemoryStorage,
	}
	retentions = map[contract.StreamRetention]jetstream.RetentionPolicy{
		contract.StreamRetentionLimits: jetstream.LimitsPolicy, contract.StreamRetentionInterest: jetstream.InterestPolicy,
		contract.StreamRetentionWorkqueue: jetstream.WorkQueuePolicy,
	}
	discards = map[contract.StreamDiscard]jetstream.DiscardPolicy{
		contract.StreamDiscardOld: jetstream.DiscardOld, contract.StreamDiscardNew: jetstream.DiscardNew,
	}
)

// wanted is a stream's configuration as declared; what a declaration cannot say stays as it was.
func wanted(d contract.Stream, was jetstream.StreamConfig) jetstream.StreamConfig {
	config := was
	config.Name, config.Subjects, config.Replicas = d.Name, slices.Clone(d.Subjects), d.Replicas
	config.Storage, config.Retention, config.Discard = storages[d.Storage], retentions[d.Retention], discards[d.Discard]
	config.MaxBytes, config.MaxMsgs = bound(d.MaxBytes), bound(d.MaxMessages)
	config.MaxMsgSize = int32(min(bound(d.MaxMessageBytes), 1<<31-1))
	config.MaxAge = 0
	if d.MaxAgeSeconds != nil {
		config.MaxAge = contract.Seconds(*d.MaxAgeSeconds)
	}
	config.Duplicates = defaultWindow
	if d.DuplicateWindowSeconds != nil {
		config.Duplicates = contract.Seconds(*d.DuplicateWindowSeconds)
	} else if config.MaxAge > 0 {
		config.Duplicates = min(defaultWindow, config.MaxAge)
	}
	if d.Description != nil {
		config.Description = *d.Description
	}
	return config
}

func bound(n *int) int64 {
	if n == nil {
		return unbounded
	}
	return int64(*n)
}

// differences names the settings that change, as the declaration calls them.
func differences(was, is jetstream.StreamConfig) []string {
	var names []string
	for _, setting := range []struct {
		name    string
		differs bool
	}{
		{"description", was.Description != is.Description},
		{"discard", was.Discard != is.Discard},
		{"duplicateWindowSeconds", was.Duplicates != is.Duplicates},
		{"maxAgeSeconds", was.MaxAge != is.MaxAge},
		{"maxBytes", was.MaxBytes != is.MaxBytes},
		{"maxMessageBytes", was.MaxMsgSize != is.MaxMsgSize},
		{"maxMessages", was.MaxMsgs != is.MaxMsgs},
		{"replicas", was.Replicas != is.Replicas},
		{"retention", was.Retention != is.Retention},
		{"storage", was.Storage != is.Storage},
		{"subjects", !slices.Equal(slices.Sorted(slices.Values(was.Subjects)), slices.Sorted(slices.Values(is.Subjects)))},
	} {
		if setting.differs {
			names = append(names, setting.name)
		}
	}
	return names
}

// losses are the changes that would lose messages, or that the server never makes, one line each.
func (s stream) losses(now time.Time) []error {
	if s.found == nil {
		return nil
	}
	var refused []error
	refuse := func(field, wanted, got, fix string) {
		refused = append(refused, fmt.Errorf("stream %s: %s: wanted %s, got %s. %s", s.declared.Name, field, wanted, got, fix))
	}
	was, state := s.found.Config, s.found.State
	is := wanted(s.declared, was)
	const remake = "Declare a stream of another name, or delete this one yourself when it may go."
	if was.Storage != is.Storage {
		refuse("storage", strings.ToLower(was.Storage.String())+", as it is", string(s.declared.Storage), remake)
	}
	if was.Retention != is.Retention {
		refuse("retention", strings.ToLower(was.Retention.String())+", as it is", string(s.declared.Retention), remake)
	}
	const shrink = "Raise it, or let the stream run empty first."
	if is.MaxBytes > 0 && uint64(is.MaxBytes) < state.Bytes {
		refuse("maxBytes", fmt.Sprintf("%d (what it holds) or more", state.Bytes), fmt.Sprint(is.MaxBytes), shrink)
	}
	if is.MaxMsgs > 0 && uint64(is.MaxMsgs) < state.Msgs {
		refuse("maxMessages", fmt.Sprintf("%d (what it holds) or more", state.Msgs), fmt.Sprint(is.MaxMsgs), shrink)
	}
	oldest := now.Sub(state.FirstTime)
	if shrinks := is.MaxAge > 0 && (was.MaxAge == 0 || is.MaxAge < was.MaxAge); shrinks && state.Msgs > 0 && oldest > is.MaxAge {
		refuse("maxAgeSeconds", fmt.Sprintf("%.0f (the age of its oldest message) or more", oldest.Seconds()),
			fmt.Sprintf("%g", is.MaxAge.Seconds()), shrink)
	}
	return refused
}
