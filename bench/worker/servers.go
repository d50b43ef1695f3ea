package main

import (
	"fmt"
	"os"
	"testing"

	"capstan/queue/jetstream/natstest"
	"capstan/queue/kafka/kafkatest"
	"capstan/queue/redis/redistest"
	"capstan/testserver"
)

// lab is what the servers of the tests need of a test.
type lab struct {
	testing.TB
	cleanups []func()
}

// fatal is what a lab panics with.
type fatal string

func (l *lab) Helper()           {}
func (l *lab) Name() string      { return "bench" }
func (l *lab) Cleanup(do func()) { l.cleanups = append(l.cleanups, do) }
func (l *lab) Fatal(args ...any) { panic(fatal(fmt.Sprint(args...))) }
func (l *lab) Skip(args ...any)  { panic(fatal(fmt.Sprint(args...))) }
func (l *lab) Log(...any)        {}

func (l *lab) Fatalf(format string, args ...any) { panic(fatal(fmt.Sprintf(format, args...))) }
func (l *lab) Skipf(format string, args ...any)  { panic(fatal(fmt.Sprintf(format, args...))) }
func (l *lab) Logf(string, ...any)               {}

func (l *lab) TempDir() string {
	folder, err := os.MkdirTemp("", "capstan-bench-")
	if err != nil {
		l.Fatal(err)
	}
	l.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

func (l *lab) close() {
	for i := len(l.cleanups) - 1; i >= 0; i-- {
		l.cleanups[i]()
	}
}

// start starts a broker with what its own authors' defaults promise, but for what is said here, and returns its address;
// of PostgreSQL its URL.
func (l *lab) start(b broker) string {
	switch b {
	case onNATS:
		return natstest.Start(l).Address
	case onRedis:
		// As most servers of queues are: on disk once a second.
		return redistest.Start(l, "appendonly yes", "appendfsync everysec").Address
	case onKafka:
		return kafkatest.Start(l).Address
	default:
		return testserver.Postgres(l, "fsync=on")
	}
}
