package worker

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"capstan/queue/jetstream/natstest"
	"capstan/queue/kafka/kafkatest"
	"capstan/queue/redis/redistest"
)

func TestAttackLongReasonNATS(t *testing.T)  { longReason(t, onNATS(natstest.Start(t))) }
func TestAttackLongReasonRedis(t *testing.T) { longReason(t, onRedis(redistest.Start(t))) }
func TestAttackLongReasonKafka(t *testing.T) { longReason(t, onKafka(kafkatest.Start(t))) }

func longReason(t *testing.T, b realBroker) {
	text := strings.Repeat("the answer of a server ", 100_000)
	r := b.rig(t, b.fill(t, "long", 2), func(_ context.Context, task Task[int]) error {
		if task.Payload == 0 {
			return Permanent(errors.New(text))
		}
		return Permanent(errors.New("x\n" + text))
	}).start()
	select {
	case <-r.ended:
	case <-time.After(25 * time.Second):
		r.term()
		<-r.ended
		t.Errorf("the worker did not come to an end")
	}
	t.Logf("%+v", r.report.Tasks)
	for _, l := range r.log.lines(t, "task not settled") {
		t.Logf("%.300v", l)
	}
	for id, reason := range reasonsOf(t, b, r.config) {
		t.Logf("%s: %d bytes", id, len(reason))
	}
}
