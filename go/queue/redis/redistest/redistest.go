// Package redistest starts real Redis servers for tests: processes of their own on loopback, each
// with a folder for what it keeps, stopped at the end of the test.
package redistest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"capstan/testserver"

	goredis "github.com/redis/go-redis/v9"
)

// startTimeout is for a server to answer.
const startTimeout = 30 * time.Second

// Server is a running redis-server, or a Sentinel.
type Server struct {
	// Address is host:port.
	Address string

	t       testing.TB
	program string
	folder  string
	args    []string
	options goredis.Options
	command *exec.Cmd
	output  testserver.Output
}

// Start starts one server that keeps nothing but what settings say: each is a line of its
// configuration. It skips the test, with a line, where the program is not at hand, and fails it in
// CI.
func Start(t testing.TB, settings ...string) *Server {
	t.Helper()
	s := prepare(t, append([]string{`save ""`, "appendonly no", "repl-diskless-sync-delay 0"}, settings...)...)
	s.run()
	s.await()
	return s
}

// Durable are the settings of a server that has on its disk what it has acknowledged.
var Durable = []string{"appendonly yes", "appendfsync always"}

// StartSentinels starts n Sentinels that watch master by that name, and waits until they know its
// replicas and each other. Each of settings is a line of their configuration.
func StartSentinels(t testing.TB, n int, name string, master *Server, replicas int, settings ...string) []*Server {
	t.Helper()
	host, port, _ := net.SplitHostPort(master.Address)
	sentinels := make([]*Server, n)
	for i := range sentinels {
		s := prepare(t, append([]string{
			fmt.Sprintf("sentinel monitor %s %s %s %d", name, host, port, n/2+1),
			fmt.Sprintf("sentinel down-after-milliseconds %s 500", name),
			fmt.Sprintf("sentinel failover-timeout %s 3000", name),
		}, settings...)...)
		s.args = []string{"--sentinel"}
		s.run()
		s.await()
		sentinels[i] = s
	}
	for _, s := range sentinels {
		client := goredis.NewSentinelClient(&goredis.Options{Addr: s.Address})
		s.until("knows the others", func(ctx context.Context) error {
			others, err := client.Sentinels(ctx, name).Result()
			if err != nil {
				return err
			}
			copies, err := client.Replicas(ctx, name).Result()
			if err == nil && (len(others) < n-1 || len(copies) < replicas) {
				err = fmt.Errorf("%d Sentinels, %d replicas", len(others), len(copies))
			}
			return err
		})
		_ = client.Close()
	}
	return sentinels
}

// StartReplica starts a server that copies master, and waits until it does.
func StartReplica(t testing.TB, master *Server, settings ...string) *Server {
	t.Helper()
	s := Start(t, append([]string{"replicaof " + strings.ReplaceAll(master.Address, ":", " ")}, settings...)...)
	client := s.Client()
	s.until("copies the master", func(ctx context.Context) error {
		text, err := client.Info(ctx, "replication").Result()
		if err == nil && !strings.Contains(text, "master_link_status:up") {
			err = fmt.Errorf("%s", text)
		}
		return err
	})
	return s
}

// Client is a client of the server until the end of the test.
func (s *Server) Client() *goredis.Client {
	options := s.options
	client := goredis.NewClient(&options)
	s.t.Cleanup(func() { _ = client.Close() })
	return client
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

// Resume starts a server that was killed, on the same port with the same folder.
func (s *Server) Resume() {
	s.t.Helper()
	s.run()
	s.await()
}

// Stop makes the server answer nothing until Continue.
func (s *Server) Stop() { _ = s.command.Process.Signal(syscall.SIGSTOP) }

// Continue ends Stop.
func (s *Server) Continue() { _ = s.command.Process.Signal(syscall.SIGCONT) }

func prepare(t testing.TB, settings ...string) *Server {
	t.Helper()
	s := &Server{t: t, program: testserver.Find(t, "redis"), folder: t.TempDir()}
	port := strconv.Itoa(testserver.FreePort(t))
	s.Address = "127.0.0.1:" + port
	s.options = goredis.Options{Addr: s.Address, Protocol: 2, DisableIdentity: true}
	lines := append([]string{"bind 127.0.0.1", "port " + port, fmt.Sprintf("dir %q", s.folder)}, settings...)
	for _, line := range settings {
		if password, found := strings.CutPrefix(line, "requirepass "); found {
			s.options.Password = strings.Trim(password, `"`)
		}
	}
	if err := os.WriteFile(s.config(), []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *Server) config() string { return filepath.Join(s.folder, "redis.conf") }

// run starts the process. One that the test leaves behind, as a panic does, ends with it.
func (s *Server) run() {
	s.t.Helper()
	s.command = exec.Command(s.program, append([]string{s.config()}, s.args...)...)
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
}

// await waits until the server has read its data.
func (s *Server) await() {
	s.t.Helper()
	options := s.options
	client := goredis.NewClient(&options)
	defer client.Close()
	s.until("answers", func(ctx context.Context) error { return client.Ping(ctx).Err() })
}

func (s *Server) until(what string, try func(context.Context) error) {
	s.t.Helper()
	var err error
	for deadline := time.Now().Add(startTimeout); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		err = try(ctx)
		cancel()
		if err == nil {
			return
		}
	}
	s.t.Fatalf("redis-server: not in %v: %s: %v\n%s", startTimeout, what, err, s.output.String())
}
