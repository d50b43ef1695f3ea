package worker

import (
	"log/slog"
	"testing"
	"time"

	"capstan/internal/metricsdoc"
	"capstan/queue"
)

func TestTheTableOfMetricsIsThatOfTheWorker(t *testing.T) {
	q, err := queue.NewMemory(queue.MemoryConfig{Capacity: 1, AckWait: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	e, err := newEngine(testConfig(t, 0), slog.New(slog.DiscardHandler), q, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer e.pool.Drain(t.Context())
	metricsdoc.Check(t, "Workers", e.registry())
}
