package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"capstan/contract"
	"capstan/queue/jetstream/natstest"
)

// declare writes a declaration, and returns what runs the command on it.
func declare(t *testing.T, servers []string, streams ...contract.Stream) (run1 func() (code int, out string)) {
	t.Helper()
	wait := 10.0
	return declareWaiting(t, servers, wait, streams...)
}

func declareWaiting(t *testing.T, servers []string, wait float64, streams ...contract.Stream) func() (int, string) {
	t.Helper()
	text, err := json.Marshal(contract.StreamsContract{Contract: 1, Name: "broker", Servers: servers, Streams: streams, WaitSeconds: &wait})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "streams.json")
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return func() (int, string) {
		var out bytes.Buffer
		code := run(context.Background(), path, &out)
		return code, out.String()
	}
}

func ptr[V any](v V) *V { return &v }

func photos() contract.Stream {
	return contract.Stream{
		Name: "photos", Subjects: []string{"photos.>"}, Storage: contract.StreamStorageFile, Replicas: 1,
		Retention: contract.StreamRetentionWorkqueue, Discard: contract.StreamDiscardNew,
		MaxBytes: ptr(1 << 20), MaxMessages: ptr(1000), MaxAgeSeconds: ptr(3600.0), MaxMessageBytes: ptr(1 << 16),
		DuplicateWindowSeconds: ptr(60.0), Description: ptr("photos to develop"),
	}
}

// wants expects an exit code and, of each text, that it was said.
func wants(t *testing.T, run func() (int, string), code int, texts ...string) {
	t.Helper()
	got, out := run()
	if got != code {
		t.Fatalf("exit code %d, want %d:\n%s", got, code, out)
	}
	for _, text := range texts {
		if !strings.Contains(out, text) {
			t.Fatalf("wanted %q in\n%s", text, out)
		}
	}
}

func configOf(t *testing.T, server *natstest.Server, name string) jetstream.StreamConfig {
	t.Helper()
	stream, err := server.JetStream().Stream(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return stream.CachedInfo().Config
}

func TestStreamsAreCreatedOnceAndUpdated(t *testing.T) {
	server := natstest.Start(t)
	servers := []string{server.Address}
	run := declare(t, servers, photos(), contract.Stream{
		Name: "photos-dead", Subjects: []string{"photos-dead.>"}, Storage: contract.StreamStorageMemory, Replicas: 1,
		Retention: contract.StreamRetentionLimits, Discard: contract.StreamDiscardOld,
	})
	wants(t, run, exitDone, `"stream created","stream":"photos"`, `"stream created","stream":"photos-dead"`)
	wants(t, run, exitDone, `"stream is as declared","stream":"photos"`, `"stream is as declared","stream":"photos-dead"`)
	c := configOf(t, server, "photos")
	if c.MaxBytes != 1<<20 || c.MaxMsgs != 1000 || c.MaxAge != time.Hour || c.MaxMsgSize != 1<<16 || c.Duplicates != time.Minute ||
		c.Storage != jetstream.FileStorage || c.Retention != jetstream.WorkQueuePolicy || c.Discard != jetstream.DiscardNew || c.Description != "photos to develop" {
		t.Fatalf("made %+v", c)
	}
	if d := configOf(t, server, "photos-dead"); d.MaxBytes != -1 || d.MaxMsgs != -1 || d.MaxAge != 0 || d.Duplicates != 2*time.Minute || d.Storage != jetstream.MemoryStorage {
		t.Fatalf("made %+v", d)
	}
	changed := photos()
	changed.MaxBytes, changed.MaxMessages, changed.Subjects = ptr(2<<20), nil, []string{"photos.>", "images.>"}
	wants(t, declare(t, servers, changed), exitDone, `"changed":["maxBytes","maxMessages","subjects"]`)
	if c := configOf(t, server, "photos"); c.MaxBytes != 2<<20 || c.MaxMsgs != -1 || len(c.Subjects) != 2 {
		t.Fatalf("updated to %+v", c)
	}
}

func TestWhatADeclarationCannotSayStays(t *testing.T) {
	server := natstest.Start(t)
	server.Stream(jetstream.StreamConfig{
		Name: "photos", Subjects: []string{"photos.>"}, Retention: jetstream.WorkQueuePolicy, Discard: jetstream.DiscardNew,
		AllowDirect: true, MaxMsgsPerSubject: 7, Metadata: map[string]string{"owner": "me"}, Description: "by hand",
	})
	declared := photos()
	declared.Description = nil
	wants(t, declare(t, []string{server.Address}, declared), exitDone, "stream updated")
	if c := configOf(t, server, "photos"); !c.AllowDirect || c.MaxMsgsPerSubject != 7 || c.Metadata["owner"] != "me" || c.Description != "by hand" {
		t.Fatalf("left %+v", c)
	}
}

// age is that of a message, which a busy machine makes old.
var age = regexp.MustCompile(`[0-9]+ \(the age`)

func TestChangesThatLoseMessagesAreRefusedBeforeAnythingChanges(t *testing.T) {
	server := natstest.Start(t)
	stream := server.Stream(jetstream.StreamConfig{Name: "photos", Subjects: []string{"photos.>"}})
	js := server.JetStream()
	for i := range 20 {
		if _, err := js.Publish(t.Context(), "photos.new", []byte(strconv.Itoa(i))); err != nil {
			t.Fatal(err)
		}
	}
	info, err := stream.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for time.Since(info.State.FirstTime) < 20*time.Millisecond {
		time.Sleep(5 * time.Millisecond)
	}
	declared := photos()
	declared.Storage = contract.StreamStorageMemory
	declared.MaxBytes, declared.MaxMessages, declared.MaxAgeSeconds, declared.DuplicateWindowSeconds = ptr(int(info.State.Bytes)-1), ptr(19), ptr(0.01), nil
	other := photos()
	other.Name, other.Subjects = "others", []string{"others.>"}
	code, out := declare(t, []string{server.Address}, other, declared)()
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != exitRefused || len(lines) != 5 {
		t.Fatalf("exit code %d:\n%s", code, out)
	}
	for i, want := range []string{
		"stream photos: storage: wanted file, as it is, got memory. Declare a stream of another name",
		"stream photos: retention: wanted limits, as it is, got workqueue.",
		fmt.Sprintf("stream photos: maxBytes: wanted %d (what it holds) or more, got %d. Raise it", info.State.Bytes, info.State.Bytes-1),
		"stream photos: maxMessages: wanted 20 (what it holds) or more, got 19.",
		"stream photos: maxAgeSeconds: wanted AGE (the age of its oldest message) or more, got 0.01.",
	} {
		if !strings.HasPrefix(age.ReplaceAllString(lines[i], "AGE (the age"), want) {
			t.Errorf("line %q, want %q", lines[i], want)
		}
	}
	if _, err := js.Stream(t.Context(), "others"); err == nil {
		t.Error("another stream was made all the same")
	}
	if now, err := stream.Info(t.Context()); err != nil || now.State.Msgs != 20 {
		t.Errorf("%d messages are left (%v)", now.State.Msgs, err)
	}
}

func TestASubjectOfAnotherStreamIsTheUsersMistake(t *testing.T) {
	server := natstest.Start(t)
	server.Stream(jetstream.StreamConfig{Name: "others", Subjects: []string{"photos.new"}})
	wants(t, declare(t, []string{server.Address}, photos()), exitRefused, "stream photos:", "subjects overlap")
}

func TestABadFileIsTheUsersMistake(t *testing.T) {
	wants(t, declare(t, []string{"nats"}, photos()), exitRefused, "servers.0: wanted host:port")
	missing := func() (int, string) {
		var out bytes.Buffer
		return run(t.Context(), filepath.Join(t.TempDir(), "none.json"), &out), out.String()
	}
	wants(t, missing, exitRefused, "none.json")
}

func TestTheServerIsWaitedFor(t *testing.T) {
	server := natstest.Start(t)
	server.Kill()
	wants(t, declareWaiting(t, []string{server.Address}, 0.1, photos()), exitFailed, "connect to "+server.Address)
	run := declare(t, []string{server.Address}, photos())
	ended := make(chan int)
	go func() {
		code, _ := run()
		ended <- code
	}()
	server.Resume()
	if code := <-ended; code != exitDone {
		t.Fatalf("exit code %d", code)
	}
}

func TestAClusterThatIsNotWholeIsWaitedFor(t *testing.T) {
	if testing.Short() {
		t.Skip("a cluster takes some seconds")
	}
	servers := natstest.StartCluster(t, 3)
	addresses := []string{servers[0].Address, servers[1].Address, servers[2].Address}
	servers[2].Kill()
	copied := photos()
	copied.Replicas = 3
	copied.Name, copied.Subjects = "copied", []string{"copied.>"}
	run := declareWaiting(t, addresses, 60, copied)
	ended := make(chan string)
	go func() {
		code, out := run()
		ended <- fmt.Sprintf("%d\n%s", code, out)
	}()
	servers[2].Resume()
	if text := <-ended; !strings.HasPrefix(text, "0\n") {
		t.Fatal(text)
	}
	if c := configOf(t, servers[0], "copied"); c.Replicas != 3 {
		t.Fatalf("made with %d copies", c.Replicas)
	}
	more := copied
	more.MaxBytes = ptr(3 << 20)
	wants(t, declareWaiting(t, addresses, 60, more), exitDone, `"changed":["maxBytes"]`)
	wants(t, declareWaiting(t, addresses, 60, more), exitDone, "stream is as declared")
}

func TestMoreCopiesThanServersAreTheUsersMistake(t *testing.T) {
	server := natstest.Start(t)
	copied := photos()
	copied.Replicas = 3
	wants(t, declare(t, []string{server.Address}, copied), exitRefused, "replicas > 1 not supported in non-clustered mode")
}
