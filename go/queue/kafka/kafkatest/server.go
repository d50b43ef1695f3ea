// Package kafkatest starts real Kafka brokers for tests: one process each in KRaft mode on
// loopback, stopped at the end of the test, or of the package's tests.
package kafkatest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"capstan/testserver"

	"github.com/twmb/franz-go/pkg/kgo"
)

// startTimeout is for a broker to answer, on a machine that is busy.
const startTimeout = 90 * time.Second

// clusterID is any 16 bytes in base64url.
const clusterID = "Y2Fwc3Rhbi1rYWZrYXRlcw"

// Server is a running broker, which is its own controller.
type Server struct {
	// Address is host:port, as the broker tells its clients.
	Address string

	jars    string
	folder  string
	settled map[string]string
	user    *user
	beside  func(address string) string // nil: one listener for clients
	command *exec.Cmd
	output  testserver.Output
}

type user struct{ name, password string }

// Option changes how a broker is set up.
type Option func(*Server)

// Setting adds or replaces one line of the broker's properties.
func Setting(name, value string) Option {
	return func(s *Server) { s.settled[name] = value }
}

// Login makes clients log in as this user, by SCRAM-SHA-512.
func Login(name, password string) Option {
	return func(s *Server) {
		s.user = &user{name, password}
		s.settled["listener.security.protocol.map"] = "CLIENT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT"
		s.settled["listener.name.client.sasl.enabled.mechanisms"] = "SCRAM-SHA-512"
		s.settled["listener.name.client.scram-sha-512.sasl.jaas.config"] = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
	}
}

// Behind makes the broker tell clients the address that proxy returns for its own.
func Behind(proxy func(address string) string) Option {
	return func(s *Server) { s.Address = proxy(s.Address) }
}

// Beside gives the broker a second listener, which tells clients the address that proxy returns for
// its own.
func Beside(proxy func(address string) string) Option {
	return func(s *Server) { s.beside = proxy }
}

// Start starts a broker of the test's own, for tests that kill it. It skips the test, with a line,
// where Kafka is not at hand, and fails it in CI.
func Start(t testing.TB, options ...Option) *Server {
	t.Helper()
	jars := testserver.Find(t, "kafka")
	s, err := start(jars, t.TempDir(), options)
	if s != nil {
		t.Cleanup(s.stop)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var shared struct {
	once   sync.Once
	server *Server
	folder string
	err    error
}

// Shared is one broker for all tests of the process, which [Stop] ends; names of topics and groups
// have to be the test's own, see [Server.Topic].
func Shared(t testing.TB) *Server {
	t.Helper()
	jars := testserver.Find(t, "kafka")
	shared.once.Do(func() {
		if shared.folder, shared.err = os.MkdirTemp("", "kafkatest-"); shared.err == nil {
			shared.server, shared.err = start(jars, shared.folder, nil)
		}
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.server
}

// Stop ends the broker of [Shared], if a test used it. TestMain calls it behind the tests.
func Stop() {
	if shared.server != nil {
		shared.server.stop()
	}
	if shared.folder != "" {
		_ = os.RemoveAll(shared.folder)
	}
}

// start makes a broker; it is not nil when its process may be running.
func start(jars, folder string, options []Option) (*Server, error) {
	ports, err := freePorts(4)
	if err != nil {
		return nil, err
	}
	client, controller, internal := "127.0.0.1:"+ports[0], "127.0.0.1:"+ports[1], "127.0.0.1:"+ports[2]
	s := &Server{Address: client, jars: jars, folder: folder, settled: map[string]string{
		"process.roles": "broker,controller", "node.id": "1", "controller.quorum.voters": "1@" + controller,
		"listeners":                                fmt.Sprintf("CLIENT://%s,CONTROLLER://%s,INTERNAL://%s", client, controller, internal),
		"listener.security.protocol.map":           "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT",
		"controller.listener.names":                "CONTROLLER",
		"inter.broker.listener.name":               "INTERNAL",
		"log.dirs":                                 filepath.Join(folder, "log"),
		"auto.create.topics.enable":                "false",
		"offsets.topic.replication.factor":         "1",
		"offsets.topic.num.partitions":             "1",
		"transaction.state.log.replication.factor": "1",
		"transaction.state.log.min.isr":            "1",
		"transaction.state.log.num.partitions":     "1",
		"group.initial.rebalance.delay.ms":         "0",
		"group.min.session.timeout.ms":             "1000",
	}}
	for _, option := range options {
		option(s)
	}
	s.settled["advertised.listeners"] = fmt.Sprintf("CLIENT://%s,INTERNAL://%s", s.Address, internal)
	if s.beside != nil {
		second := "127.0.0.1:" + ports[3]
		s.settled["listeners"] += ",BESIDE://" + second
		s.settled["listener.security.protocol.map"] += ",BESIDE:PLAINTEXT"
		s.settled["advertised.listeners"] += ",BESIDE://" + s.beside(second)
	}
	if err := s.prepare(); err != nil {
		return nil, err
	}
	if err := s.run(); err != nil {
		return s, err
	}
	return s, s.await()
}

func (s *Server) config() string { return filepath.Join(s.folder, "server.properties") }

func (s *Server) java(arguments ...string) *exec.Cmd {
	head := []string{"-Xms96m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", filepath.Join(s.jars, "*")}
	command := exec.Command("java", append(head, arguments...)...)
	testserver.EndWithParent(command)
	return command
}

// run starts the process. One that the test leaves behind, as a panic does, ends with it.
func (s *Server) run() error {
	s.command = s.java("kafka.Kafka", s.config())
	s.command.Stdout, s.command.Stderr = &s.output, &s.output
	return s.command.Start()
}

// await waits until the broker answers.
func (s *Server) await() error {
	client, err := kgo.NewClient(s.options()...)
	if err != nil {
		return err
	}
	defer client.Close()
	for deadline := time.Now().Add(startTimeout); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		err = client.Ping(ctx)
		cancel()
		if err == nil {
			return nil
		}
	}
	return fmt.Errorf("kafka: not in %v: answers: %w\n%s", startTimeout, err, s.output.String())
}

func (s *Server) stop() {
	_ = s.command.Process.Signal(syscall.SIGKILL)
	_ = s.command.Wait()
}

// Kill ends the broker as SIGKILL does.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	s.stop()
}

// Terminate ends the broker as SIGTERM does, and returns when it has ended.
func (s *Server) Terminate(t testing.TB) {
	t.Helper()
	_ = s.command.Process.Signal(syscall.SIGTERM)
	_ = s.command.Wait()
}

// Resume starts a broker that was killed, on the same ports with the same data.
func (s *Server) Resume(t testing.TB) {
	t.Helper()
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
	if err := s.await(); err != nil {
		t.Fatal(err)
	}
}
