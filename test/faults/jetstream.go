package faults

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"capstan/contract"
	"capstan/queue/driver"
	driven "capstan/queue/jetstream"
	"capstan/queue/jetstream/natstest"
	"capstan/test/faults/proxy"
)

const (
	taskStream   = "tasks"
	letterStream = "letters"
	consumer     = "crew"
	// maxAckPending is more than all processes of a play take together.
	maxAckPending = 500
)

// natsBroker is nats-server: one, or a cluster of them.
type natsBroker struct {
	servers []*natstest.Server
	js      jetstream.JetStream
}

func startJetStream(t *testing.T, _ bool) broker {
	return newJetStream(t, []*natstest.Server{natstest.Start(t)})
}

// startCluster starts three servers; each message lies on all of them.
func startCluster(t *testing.T) *natsBroker {
	return newJetStream(t, natstest.StartCluster(t, 3))
}

func newJetStream(t *testing.T, servers []*natstest.Server) *natsBroker {
	t.Helper()
	b := &natsBroker{servers: servers}
	conn, err := driven.Access{Servers: b.addresses()}.Connect(t.Context(), "oracle", discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	if b.js, err = jetstream.New(conn); err != nil {
		t.Fatal(err)
	}
	servers[0].Stream(jetstream.StreamConfig{Name: taskStream, Retention: jetstream.WorkQueuePolicy, Replicas: len(servers)})
	servers[0].Stream(jetstream.StreamConfig{Name: letterStream, Replicas: len(servers)})
	return b
}

func (b *natsBroker) name() string { return "jetstream" }

func (b *natsBroker) driver() driver.Driver { return driven.Driver }

func (b *natsBroker) addresses() []string {
	var all []string
	for _, s := range b.servers {
		all = append(all, s.Address)
	}
	return all
}

func (b *natsBroker) line(t *testing.T) *proxy.Proxy { return lineTo(t, b.servers[0].Address) }

func (b *natsBroker) source(addresses []string) contract.Source {
	dead := letterStream
	return contract.Source{Jetstream: &contract.JetStreamSource{
		Servers: addresses, Stream: taskStream, Consumer: consumer, MaxAckPending: maxAckPending, DeadLetterSubject: &dead,
	}}
}

func (b *natsBroker) target(addresses []string) contract.Publish {
	return contract.Publish{Jetstream: &contract.JetStreamTarget{Servers: addresses, Stream: taskStream, Subject: taskStream}}
}

// unsettled is what is left in the stream: a message that is settled is removed.
func (b *natsBroker) unsettled(ctx context.Context) (int, error) {
	info, err := b.info(ctx, taskStream)
	if err != nil {
		return 0, err
	}
	return int(info.State.Msgs), nil
}

func (b *natsBroker) info(ctx context.Context, name string) (*jetstream.StreamInfo, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	stream, err := b.js.Stream(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("stream %q: %w", name, err)
	}
	return stream.CachedInfo(), nil
}

// dead gives the ids of the dead letters.
func (b *natsBroker) dead(ctx context.Context) ([]string, error) {
	stream, err := b.js.Stream(ctx, letterStream)
	if err != nil {
		return nil, err
	}
	var ids []string
	for sequence := uint64(1); sequence <= stream.CachedInfo().State.LastSeq; sequence++ {
		message, err := stream.GetMsg(ctx, sequence)
		if err != nil {
			return nil, err
		}
		ids = append(ids, message.Header.Get(driven.HeaderID))
	}
	return ids, nil
}

// leader is the server that leads the stream of tasks.
func (b *natsBroker) leader(t *testing.T) *natstest.Server {
	t.Helper()
	info, err := b.info(t.Context(), taskStream)
	if err != nil {
		t.Fatal(err)
	}
	var at int
	if _, err := fmt.Sscanf(info.Cluster.Leader, "n%d", &at); err != nil {
		t.Fatalf("leader %q: %v", info.Cluster.Leader, err)
	}
	return b.servers[at]
}

// isWhole says whether all copies of the stream of tasks have all of it.
func (b *natsBroker) isWhole(t *testing.T) bool {
	t.Helper()
	info, err := b.info(t.Context(), taskStream)
	if err != nil || info.Cluster == nil || len(info.Cluster.Replicas) < len(b.servers)-1 {
		return false
	}
	return !slices.ContainsFunc(info.Cluster.Replicas, func(r *jetstream.PeerInfo) bool { return !r.Current || r.Offline })
}

func (b *natsBroker) stop() {
	for _, s := range b.servers {
		s.Terminate()
	}
}

func (b *natsBroker) kill() {
	for _, s := range b.servers {
		s.Kill()
	}
}

func (b *natsBroker) resume() {
	for _, s := range b.servers {
		s.Resume()
	}
}
