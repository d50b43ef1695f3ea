// Package testserver runs real servers for tests: processes of their own on loopback, whose programs
// the scripts of tools/servers find or build, stopped at the end of the test.
package testserver

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// startTimeout is for a server to answer.
const startTimeout = 60 * time.Second

// Find is what the script of that name in tools/servers prints: the path of a program, or a folder
// of them. It skips the test, with a line, where there is none, and fails it in CI.
func Find(t testing.TB, name string) string {
	t.Helper()
	path, err := located(filepath.Join("tools", "servers", name+".sh"))
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skipf("skipped: %v", err)
	}
	return path
}

// found has what each script printed: a process asks it once.
var found sync.Map

func located(script string) (string, error) {
	once, _ := found.LoadOrStore(script, sync.OnceValues(func() (string, error) { return locate(script) }))
	return once.(func() (string, error))()
}

func locate(script string) (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; folder != filepath.Dir(folder); folder = filepath.Dir(folder) {
		if _, err := os.Stat(filepath.Join(folder, script)); err != nil {
			continue
		}
		var said bytes.Buffer
		command := exec.Command(filepath.Join(folder, script))
		command.Stderr = &said
		stdout, err := command.Output()
		if err != nil {
			return "", fmt.Errorf("%s: %w\n%s%s", script, err, stdout, said.String())
		}
		return strings.TrimSpace(string(stdout)), nil
	}
	return "", fmt.Errorf("there is no %s above", script)
}

// FreePort is a port of loopback that nobody listens on.
func FreePort(t testing.TB) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

// Run starts a server and waits until ready gives nil. A server that the test leaves behind, as a
// panic does, ends with it.
func Run(t testing.TB, command *exec.Cmd, ready func() error) {
	t.Helper()
	output := new(Output)
	command.Stdout, command.Stderr = output, output
	EndWithParent(command)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	Until(t, startTimeout, ready, output.String)
}

// Until polls until done gives nil; it fails the test after limit, with what said gives.
func Until(t testing.TB, limit time.Duration, done func() error, said func() string) {
	t.Helper()
	var err error
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if err = done(); err == nil {
			return
		}
	}
	t.Fatalf("not in %v: %v\n%s", limit, err, said())
}

// Output takes the output of a process while it is read. The zero value is ready to use.
type Output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

// String is what was written so far.
func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
