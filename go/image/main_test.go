package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"capstan/image/internal/build"
)

// The tests run the program as its users do, in a process of its own: the test binary, told so by this variable.
const asProgram = "CAPSTAN_IMAGE_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(run())
	}
	// The registry of the library logs what the tests make it refuse.
	log.SetOutput(io.Discard)
	os.Exit(m.Run())
}

// outcome is what a finished process left.
type outcome struct {
	code           int
	stdout, stderr string
}

// workspace is a copy of testdata: an app that takes its runtime from a folder.
type workspace struct {
	dir string
	// env is set beside the environment of the test; umask is octal, in the notation of the shell.
	env   []string
	umask string
}

func newWorkspace(t *testing.T, within ...string) workspace {
	t.Helper()
	dir := filepath.Join(append([]string{t.TempDir()}, within...)...)
	if err := os.CopyFS(dir, os.DirFS("testdata")); err != nil {
		t.Fatal(err)
	}
	return workspace{dir: dir, umask: "022"}
}

func (w workspace) run(t *testing.T, args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := w.command(t, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return outcome{code: cmd.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String()}
}

func (w workspace) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", append([]string{"-c", `umask "$0"; exec "$@"`, w.umask, program}, args...)...)
	cmd.Dir = w.dir
	cmd.Env = append(append(os.Environ(), asProgram+"=1"), w.env...)
	return cmd
}

// buildArgs builds for one platform unless more says otherwise; a later flag replaces an earlier one.
func buildArgs(more ...string) []string {
	args := []string{
		"build", "--json", "--app", "apps/hello", "--name", "hello", "--repository", "localhost:5000/test/hello",
		"--tag", "a1b2c3", "--out", "out/hello", "--toolchain", runtime.Version(), "--revision", "sha256:a1b2c3",
	}
	if !slices.Contains(more, "--platform") {
		args = append(args, "--platform", "linux/amd64")
	}
	return append(args, more...)
}

// build builds the app with the flags of buildArgs.
func (w workspace) build(t *testing.T, more ...string) build.Result {
	t.Helper()
	built := w.run(t, buildArgs(more...)...)
	if built.code != 0 || built.stderr != "" {
		t.Fatalf("build ended with exit code %d:\n%s", built.code, built.stderr)
	}
	return decode[build.Result](t, built.stdout)
}

func decode[T any](t *testing.T, text string) T {
	t.Helper()
	var value T
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
	return value
}

func (w workspace) path(within string) string { return filepath.Join(w.dir, within) }

func (w workspace) read(t *testing.T, within string) []byte {
	t.Helper()
	content, err := os.ReadFile(w.path(within))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func (w workspace) write(t *testing.T, within, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(w.path(within)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(w.path(within), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// edit replaces one occurrence of a text in a file.
func (w workspace) edit(t *testing.T, within, from, to string) {
	t.Helper()
	before := string(w.read(t, within))
	if strings.Count(before, from) != 1 {
		t.Fatalf("%s must hold %q once", within, from)
	}
	w.write(t, within, strings.Replace(before, from, to, 1))
}
