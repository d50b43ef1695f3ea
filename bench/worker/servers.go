package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"capstan/queue/jetstream/natstest"
	"capstan/queue/kafka/kafkatest"
	"capstan/queue/redis/redistest"
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

// start starts a broker with what its own authors' defaults promise, but for what is said here, and returns its address.
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
		return l.startPostgres()
	}
}

// startPostgres starts a PostgreSQL as Debian sets it up, with trust for whoever comes from this machine.
func (l *lab) startPostgres() string {
	out, err := exec.Command(repositoryFile("tools/servers/postgres.sh")).Output()
	if err != nil {
		l.Fatal("no PostgreSQL: ", err)
	}
	programs, data, port := strings.TrimSpace(string(out)), l.TempDir(), freePort(l)
	owner := l.postgresOwner(data)
	run := func(name string, args ...string) *exec.Cmd {
		command := exec.Command(filepath.Join(programs, name), args...)
		command.SysProcAttr = &syscall.SysProcAttr{Credential: owner, Pdeathsig: syscall.SIGKILL}
		return command
	}
	if text, err := run("initdb", "-D", data+"/db", "-U", "postgres", "-A", "trust").CombinedOutput(); err != nil {
		l.Fatal("initdb: ", string(text))
	}
	server := run("postgres", "-D", data+"/db", "-p", port, "-k", data, "-c", "listen_addresses=127.0.0.1")
	if err := server.Start(); err != nil {
		l.Fatal(err)
	}
	l.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGINT)
		_ = server.Wait()
	})
	address := "127.0.0.1:" + port
	l.await(address)
	return address
}

// postgresOwner is the user that PostgreSQL runs as: it refuses to be root.
func (l *lab) postgresOwner(data string) *syscall.Credential {
	if os.Getuid() != 0 {
		return nil
	}
	found, err := user.Lookup("postgres")
	if err != nil {
		l.Fatal(err)
	}
	uid, _ := strconv.Atoi(found.Uid)
	gid, _ := strconv.Atoi(found.Gid)
	if err := os.Chown(data, uid, gid); err != nil {
		l.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func (l *lab) await(address string) {
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			_ = conn.Close()
			return
		}
	}
	l.Fatal("nothing listens at " + address)
}

func freePort(l *lab) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		l.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	return port
}

// repositoryFile is a file of the repository that this folder lies in.
func repositoryFile(path string) string { return filepath.Join("..", "..", path) }
