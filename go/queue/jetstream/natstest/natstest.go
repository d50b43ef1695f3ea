// Package natstest starts real NATS servers for tests: processes of their own on loopback, each
// with a folder for JetStream, stopped at the end of the test.
package natstest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"capstan/testserver"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// startTimeout is for a server, or a cluster, to serve JetStream.
const startTimeout = 30 * time.Second

// Server is a running nats-server.
type Server struct {
	// Address is host:port.
	Address string

	t       testing.TB
	program string
	folder  string
	options []nats.Option
	command *exec.Cmd
	output  testserver.Output
}

// Start starts one server. It skips the test, with a line, where the program is not at hand, and
// fails it in CI. Lines of settings are added to the server's configuration.
func Start(t testing.TB, settings ...string) *Server {
	t.Helper()
	s := &Server{t: t, program: testserver.Find(t, "nats"), folder: t.TempDir()}
	s.configure("-1", settings...)
	s.run()
	s.await(1)
	return s
}

// StartCluster starts n servers that form a cluster, and waits until it has a leader.
func StartCluster(t testing.TB, n int) []*Server {
	t.Helper()
	program, routes := testserver.Find(t, "nats"), freeAddresses(t, n)
	servers := make([]*Server, n)
	for i := range servers {
		s := &Server{t: t, program: program, folder: t.TempDir()}
		s.configure("-1", fmt.Sprintf("server_name: n%d", i), fmt.Sprintf("cluster { name: test, listen: %q, routes: [%s] }",
			routes[i], "nats://"+strings.Join(routes, ", nats://")))
		s.run()
		servers[i] = s
	}
	for _, s := range servers {
		s.await(n)
	}
	return servers
}

// Connect connects to the server until the end of the test.
func (s *Server) Connect(options ...nats.Option) *nats.Conn {
	s.t.Helper()
	conn, err := nats.Connect(s.Address, append(s.options, options...)...)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(conn.Close)
	return conn
}

// JetStream is JetStream's API on a connection of its own.
func (s *Server) JetStream() jetstream.JetStream {
	s.t.Helper()
	js, err := jetstream.New(s.Connect())
	if err != nil {
		s.t.Fatal(err)
	}
	return js
}

// Kill ends the server as SIGKILL does.
func (s *Server) Kill() {
	s.t.Helper()
	_ = s.command.Process.Kill()
	_ = s.command.Wait()
}

// Terminate ends the server as SIGTERM does, and returns when it has ended.
func (s *Server) Terminate() {
	s.t.Helper()
	_ = s.command.Process.Signal(syscall.SIGTERM)
	_ = s.command.Wait()
}

// Signal sends a signal, such as SIGSTOP, to the server.
func (s *Server) Signal(signal syscall.Signal) {
	s.t.Helper()
	if err := s.command.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
}

// Restart kills the server and starts it again on the same port with the same data.
func (s *Server) Restart() {
	s.t.Helper()
	s.Kill()
	s.Resume()
}

// Resume starts a server that was killed, on the same port with the same data.
func (s *Server) Resume() {
	s.t.Helper()
	s.run()
	s.await(1)
}

func (s *Server) configure(port string, settings ...string) {
	s.t.Helper()
	lines := append([]string{
		fmt.Sprintf("listen: %q", "127.0.0.1:"+port),
		fmt.Sprintf("ports_file_dir: %q", s.folder),
		fmt.Sprintf("jetstream { store_dir: %q, max_memory_store: 64MB, max_file_store: 1GB }", filepath.Join(s.folder, "data")),
	}, settings...)
	if err := os.WriteFile(s.config(), []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		s.t.Fatal(err)
	}
	for _, line := range settings {
		if _, rest, isUser := strings.Cut(line, "authorization { user: "); isUser {
			user, rest, _ := strings.Cut(rest, ", password: ")
			password, _, _ := strings.Cut(rest, " ")
			s.options = append(s.options, nats.UserInfo(user, password))
		}
	}
}

func (s *Server) config() string { return filepath.Join(s.folder, "nats.conf") }

// run starts the process. One that the test leaves behind, as a panic does, ends with it.
func (s *Server) run() {
	s.t.Helper()
	s.command = exec.Command(s.program, "-c", s.config())
	s.command.Stdout, s.command.Stderr = &s.output, &s.output
	testserver.EndWithParent(s.command)
	if err := s.command.Start(); err != nil {
		s.t.Fatal(err)
	}
	process := s.command
	s.t.Cleanup(func() {
		_ = process.Process.Signal(syscall.SIGKILL)
		_ = process.Wait()
	})
	if s.Address == "" {
		s.Address = s.readAddress()
		_, port, _ := net.SplitHostPort(s.Address)
		text, err := os.ReadFile(s.config())
		if err != nil {
			s.t.Fatal(err)
		}
		fixed := strings.Replace(string(text), "127.0.0.1:-1", "127.0.0.1:"+port, 1)
		if err := os.WriteFile(s.config(), []byte(fixed), 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
}

// readAddress waits for the file in which the server says its ports.
func (s *Server) readAddress() string {
	s.t.Helper()
	file := filepath.Join(s.folder, fmt.Sprintf("nats-server_%d.ports", s.command.Process.Pid))
	var ports struct {
		Nats []string `json:"nats"`
	}
	s.until("says its port", func() error {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(text, &ports); err != nil || len(ports.Nats) == 0 {
			return fmt.Errorf("%s: %q", file, text)
		}
		return nil
	})
	return strings.TrimPrefix(ports.Nats[0], "nats://")
}

// await waits until JetStream can keep n copies.
func (s *Server) await(n int) {
	s.t.Helper()
	s.until("serves JetStream", func() error {
		conn, err := nats.Connect(s.Address, s.options...)
		if err != nil {
			return err
		}
		defer conn.Close()
		js, err := jetstream.New(conn)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		if n == 1 {
			_, err = js.AccountInfo(ctx)
			return err
		}
		// Only a cluster that is whole takes such a stream.
		const probe = "natstest-probe"
		if _, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: probe, Subjects: []string{probe}, Replicas: n, Storage: jetstream.MemoryStorage}); err != nil {
			return err
		}
		return js.DeleteStream(ctx, probe)
	})
}

func (s *Server) until(what string, try func() error) {
	s.t.Helper()
	var err error
	for deadline := time.Now().Add(startTimeout); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if err = try(); err == nil {
			return
		}
	}
	s.t.Fatalf("nats-server: not in %v: %s: %v\n%s", startTimeout, what, err, s.output.String())
}

func freeAddresses(t testing.TB, n int) []string {
	t.Helper()
	addresses := make([]string, n)
	for i := range addresses {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		addresses[i] = listener.Addr().String()
	}
	return addresses
}

var errNoStream = errors.New("natstest: a stream needs a name")

// Stream makes a stream of one copy that takes the subjects `name` and `name.>`.
func (s *Server) Stream(config jetstream.StreamConfig) jetstream.Stream {
	s.t.Helper()
	if config.Name == "" {
		s.t.Fatal(errNoStream)
	}
	if len(config.Subjects) == 0 {
		config.Subjects = []string{config.Name, config.Name + ".>"}
	}
	stream, err := s.JetStream().CreateStream(s.t.Context(), config)
	if err != nil {
		s.t.Fatal(err)
	}
	return stream
}
