package kafkatest

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

func (s *Server) options() []kgo.Opt {
	options := []kgo.Opt{kgo.SeedBrokers(s.Address)}
	if s.user != nil {
		options = append(options, kgo.SASL(scram.Auth{User: s.user.name, Pass: s.user.password}.AsSha512Mechanism()))
	}
	return options
}

// Client is connected until the end of the test.
func (s *Server) Client(t testing.TB, options ...kgo.Opt) *kgo.Client {
	t.Helper()
	client, err := kgo.NewClient(append(s.options(), options...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// Admin is Kafka's API for administrators on a connection of its own.
func (s *Server) Admin(t testing.TB) *kadm.Client {
	t.Helper()
	return kadm.NewClient(s.Client(t))
}

var names atomic.Int64

// Topic makes a topic with a name of its own, which it returns. Lines of settings, `name=value`,
// are the topic's.
func (s *Server) Topic(t testing.TB, partitions int, settings ...string) string {
	t.Helper()
	name := fmt.Sprintf("tasks%d", names.Add(1))
	values := make(map[string]*string)
	for _, line := range settings {
		setting, value, _ := strings.Cut(line, "=")
		values[setting] = &value
	}
	if _, err := s.Admin(t).CreateTopic(t.Context(), int32(partitions), 1, values, name); err != nil {
		t.Fatal(err)
	}
	return name
}

// Produce adds records, each known by the broker when it returns.
func (s *Server) Produce(t testing.TB, records ...*kgo.Record) {
	t.Helper()
	client := s.Client(t, kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerBatchMaxBytes(64<<20))
	if err := client.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
		t.Fatal(err)
	}
}
