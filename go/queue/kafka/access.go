package kafka

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"capstan/contract"
	"capstan/queue/driver"
)

// Access is how brokers are reached.
type Access struct {
	// Brokers are host:port, one or more; the others of the cluster are found.
	Brokers []string
	// Name is what the brokers' own lists show.
	Name string
	// User and Password log in when User is not empty: by SCRAM-SHA-512 or SCRAM-SHA-256, as the
	// broker has it, and with TLS also by PLAIN, which shows the password.
	User, Password string
	// TLS is on when it is not nil; its files are read again for each connection.
	TLS *driver.TLSFiles
}

// AccessOf reads what the contract says; variables that it names have to be set.
func AccessOf(name string, brokers []string, c *contract.Credentials, t *contract.Tls) (Access, error) {
	access := Access{Brokers: brokers, Name: name, TLS: driver.TLSFilesOf(t)}
	if c == nil {
		return access, nil
	}
	if c.File != nil || c.UserVariable == nil || c.PasswordVariable == nil {
		return access, errors.New("credentials: wanted userVariable and passwordVariable, which Kafka logs in with. Name them")
	}
	user, errUser := driver.Variable("credentials.userVariable", c.UserVariable)
	password, errPassword := driver.Variable("credentials.passwordVariable", c.PasswordVariable)
	access.User, access.Password = user, password
	return access, errors.Join(errUser, errPassword)
}

const (
	// dialTimeout is for one connection.
	dialTimeout = 3 * time.Second
	// askTimeout is for one question to the cluster, and askAgain the pause behind one that failed.
	askTimeout = 5 * time.Second
	askAgain   = 500 * time.Millisecond
)

// client makes a client; it connects when it has something to say.
func (a Access) client(log *slog.Logger, options ...kgo.Opt) (*kgo.Client, error) {
	all := []kgo.Opt{
		kgo.SeedBrokers(a.Brokers...), kgo.ClientID(a.Name), kgo.Dialer(a.dial),
		// New partitions, and a topic that comes back, are seen soon.
		kgo.MetadataMaxAge(time.Minute), kgo.MetadataMinAge(250 * time.Millisecond),
		kgo.WithHooks(&lostBrokers{log: log}),
	}
	if a.User != "" {
		secret := scram.Auth{User: a.User, Pass: a.Password}
		all = append(all, kgo.SASL(secret.AsSha512Mechanism(), secret.AsSha256Mechanism()))
		if a.TLS != nil {
			all = append(all, kgo.SASL(plain.Auth{User: a.User, Pass: a.Password}.AsMechanism()))
		}
	}
	client, err := kgo.NewClient(append(all, options...)...)
	if err != nil {
		return nil, fmt.Errorf("kafka client: %w", err)
	}
	return client, nil
}

func (a Access) dial(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: dialTimeout}
	if a.TLS == nil {
		return dialer.DialContext(ctx, network, address)
	}
	config, err := a.TLS.Config()
	if err != nil {
		return nil, err
	}
	return (&tls.Dialer{NetDialer: dialer, Config: config}).DialContext(ctx, network, address)
}

// awaitTopics blocks until the cluster answers and has the topics, or ctx ends; what is refused for
// good ends it at once.
func (a Access) awaitTopics(ctx context.Context, log *slog.Logger, topics ...string) error {
	client, err := a.client(log)
	if err != nil {
		return err
	}
	defer client.Close()
	return driver.Await{
		Pause: askAgain, IsPassing: func(err error) bool { return !isRefusal(err) },
		Say: func(err error) {
			if ctx.Err() == nil {
				log.Warn("waiting for the broker", "brokers", a.Brokers, "error", err)
			}
		},
	}.Until(ctx, func() error {
		if err := askFor(ctx, kadm.NewClient(client), topics); err != nil {
			return fmt.Errorf("brokers %s: %w", strings.Join(a.Brokers, ", "), err)
		}
		return nil
	})
}

func askFor(ctx context.Context, admin *kadm.Client, topics []string) error {
	limited, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	found, err := admin.ListTopics(limited, topics...)
	if err != nil {
		return err
	}
	for _, name := range topics {
		if topic := found[name]; topic.Err != nil || len(topic.Partitions) == 0 {
			return fmt.Errorf("topic %q: %w", name, cmp.Or(topic.Err, error(kerr.UnknownTopicOrPartition)))
		}
	}
	return nil
}

// isRefusal says that waiting does not help.
func isRefusal(err error) bool {
	for _, refusal := range []error{
		kerr.SaslAuthenticationFailed, kerr.UnsupportedSaslMechanism, kerr.IllegalSaslState,
		kerr.TopicAuthorizationFailed, kerr.ClusterAuthorizationFailed, kerr.InvalidTopicException, os.ErrNotExist,
		kerr.GroupAuthorizationFailed, kerr.InvalidGroupID, kerr.InvalidSessionTimeout, kerr.InconsistentGroupProtocol,
		kerr.GroupMaxSizeReached,
	} {
		if errors.Is(err, refusal) {
			return true
		}
	}
	return false
}

// orSilent is a log, one that keeps nothing where none is given.
func orSilent(log *slog.Logger) *slog.Logger {
	if log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return log
}

// lostBrokers says once when a broker cannot be reached, and when it can be again.
type lostBrokers struct {
	log *slog.Logger
	mu  sync.Mutex
	out map[int32]bool
}

var _ kgo.HookBrokerConnect = (*lostBrokers)(nil)

// OnBrokerConnect implements [kgo.HookBrokerConnect].
func (l *lostBrokers) OnBrokerConnect(broker kgo.BrokerMetadata, _ time.Duration, _ net.Conn, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.out == nil {
		l.out = make(map[int32]bool)
	}
	at := net.JoinHostPort(broker.Host, fmt.Sprint(broker.Port))
	switch isOut := l.out[broker.NodeID]; {
	case err != nil && !isOut && !errors.Is(err, context.Canceled):
		l.out[broker.NodeID] = true
		l.log.Warn("broker not reached", "broker", at, "error", err)
	case err == nil && isOut:
		delete(l.out, broker.NodeID)
		l.log.Info("connected to the broker again", "broker", at)
	}
}
