package testserver

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// Postgres starts a PostgreSQL, and returns its URL. What it holds survives no crash of its own, as fsync
// is off unless settings, such as "fsync=on", say otherwise.
func Postgres(t testing.TB, settings ...string) string {
	t.Helper()
	programs, port := Find(t, "postgres"), FreePort(t)
	folder, err := os.MkdirTemp("", "capstan-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	data := filepath.Join(folder, "data")
	initialize := exec.Command(filepath.Join(programs, "initdb"), "-D", data, "-U", "test", "--auth=trust", "--no-sync", "-E", "UTF8")
	arguments := []string{"-D", data, "-p", strconv.Itoa(port), "-k", "", "-h", "127.0.0.1"}
	for _, setting := range append([]string{"fsync=off", "max_connections=100"}, settings...) { // the last one counts
		arguments = append(arguments, "-c", setting)
	}
	server := exec.Command(filepath.Join(programs, "postgres"), arguments...)
	for _, command := range []*exec.Cmd{initialize, server} {
		command.Dir = folder
		dropRoot(t, command, folder)
	}
	if said, err := initialize.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, said)
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	Run(t, server, func() error {
		// A connection is taken before the server is ready; its ready file is written after.
		if _, err := os.Stat(filepath.Join(data, "postmaster.pid")); err != nil {
			return err
		}
		text, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
		if err == nil && !ready(string(text)) {
			err = fmt.Errorf("not ready")
		}
		return err
	})
	return "postgres://test@" + address + "/postgres?sslmode=disable"
}

// Redis starts a Redis that writes a log, and returns its address.
func Redis(t testing.TB) string {
	t.Helper()
	program, port := Find(t, "redis"), FreePort(t)
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	Run(t, exec.Command(program, "--bind", "127.0.0.1", "--port", strconv.Itoa(port), "--dir", t.TempDir(), "--appendonly", "yes", "--save", ""), func() error {
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			err = conn.Close()
		}
		return err
	})
	return address
}

// ready says whether the status line of postmaster.pid is that of a server that takes connections.
func ready(pid string) bool {
	lines := 0
	for i := range pid {
		if pid[i] == '\n' {
			if lines++; lines == 7 {
				return len(pid) > i+5 && pid[i+1:i+6] == "ready"
			}
		}
	}
	return false
}
