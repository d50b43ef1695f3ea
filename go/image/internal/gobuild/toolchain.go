// Package gobuild compiles an app with one exact Go toolchain, so that equal sources give equal bytes.
package gobuild

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"capstan/image/internal/mistake"
)

// Exact names such as go1.26.8 or go1.27rc1; `go1.26` and `auto` leave the choice to go.
var exactVersion = regexp.MustCompile(`^go1\.\d+(\.\d+|(rc|beta)\d+)$`)

// What go needs to fetch and to cache. Everything else that starts with GO or CGO_ could change the binary.
var fetchSettings = []string{
	"GOPROXY", "GONOPROXY", "GOSUMDB", "GONOSUMDB", "GOPRIVATE", "GOINSECURE", "GOVCS", "GOAUTH",
	"GOPATH", "GOMODCACHE", "GOCACHE", "GOCACHEPROG",
}

// endTime is how long go may take to remove its temporary files when it is interrupted.
const endTime = 5 * time.Second

// Toolchain is one exact version of Go, present on this machine. It is safe for concurrent use.
type Toolchain struct {
	version string
	command string
	env     []string
}

// CheckVersion returns a mistake unless version names one exact toolchain, such as go1.26.8.
func CheckVersion(version string) error {
	if exactVersion.MatchString(version) {
		return nil
	}
	return mistake.New("toolchain must be one exact version such as go1.26.8, got %q", version)
}

// Find returns the toolchain of an exact version. When another one is installed, go fetches it, which may take
// minutes; ctx ends that. The error says in one line why the toolchain cannot be had.
func Find(ctx context.Context, version string) (*Toolchain, error) {
	if err := CheckVersion(version); err != nil {
		return nil, err
	}
	command, err := exec.LookPath("go")
	if err != nil {
		return nil, fmt.Errorf("go toolchain %s: no go command in PATH; install Go from https://go.dev/dl", version)
	}
	settings, err := readSettings(ctx, command, version)
	if err != nil {
		return nil, err
	}
	if got := settings["GOVERSION"]; got != version {
		return nil, fmt.Errorf("go toolchain %s: %s calls itself %s", version, command, got)
	}
	return &Toolchain{version: version, command: command, env: buildEnvironment(version, settings)}, nil
}

// Version returns the toolchain's exact version, such as go1.26.8.
func (t *Toolchain) Version() string { return t.version }

// readSettings asks go, under the user's own configuration, how modules and toolchains are fetched and cached.
func readSettings(ctx context.Context, command, version string) (map[string]string, error) {
	cmd := exec.CommandContext(ctx, command, append([]string{"env", "-json", "GOVERSION"}, fetchSettings...)...)
	// A go.mod or go.work around the working folder must have no say.
	cmd.Dir = os.TempDir()
	cmd.Env = append(os.Environ(), "GOTOOLCHAIN="+version, "GOWORK=off", "GOFLAGS=")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go toolchain %s is not installed and cannot be fetched: %s", version, reason(stderr.String(), err))
	}
	settings := map[string]string{}
	if err := json.Unmarshal(stdout, &settings); err != nil {
		return nil, fmt.Errorf("go env of %s: %w", version, err)
	}
	return settings, nil
}

// reason is the first line of go's output that tells something.
func reason(stderr string, err error) string {
	for line := range strings.Lines(stderr) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "go: downloading ") {
			return strings.TrimPrefix(line, "go: ")
		}
	}
	return err.Error()
}

// buildEnvironment is the user's environment without anything that could change the binary. GOENV=off shuts out the
// settings of `go env -w`; an empty variable would not.
func buildEnvironment(version string, settings map[string]string) []string {
	var env []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "GO") && !strings.HasPrefix(variable, "CGO_") {
			env = append(env, variable)
		}
	}
	for _, name := range fetchSettings {
		if settings[name] != "" {
			env = append(env, name+"="+settings[name])
		}
	}
	return append(env, "GOENV=off", "GOTOOLCHAIN="+version, "GOFLAGS=", "GOWORK=off", "GO111MODULE=on", "CGO_ENABLED=0")
}

// run runs go in a folder. Its error is an *exec.ExitError when go itself said no; output then holds go's lines.
func (t *Toolchain) run(ctx context.Context, dir string, env []string, args ...string) (stdout, stderr string, err error) {
	cmd := exec.CommandContext(ctx, t.command, args...)
	cmd.Dir = dir
	cmd.Env = append(append([]string{}, t.env...), env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = endTime
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return out.String(), withoutDownloads(errs.String()), err
}

func withoutDownloads(stderr string) string {
	var kept strings.Builder
	for line := range strings.Lines(stderr) {
		if !strings.HasPrefix(line, "go: downloading ") {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// saidNo reports whether go ran to its end and refused, rather than being killed or not started.
func saidNo(err error) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit) && exit.Exited()
}
