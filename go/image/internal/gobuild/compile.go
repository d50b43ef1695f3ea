package gobuild

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"capstan/image/internal/mistake"
)

// The lowest level of each architecture, so that the binary runs on every machine of it; go's own defaults may be
// set otherwise when a toolchain is built.
var architectureLevel = map[string]string{
	"amd64": "GOAMD64=v1",
	"arm64": "GOARM64=v8.0",
}

// Flags of every build. timetzdata embeds the time zones, as a scratch image has none; an empty build id and no VCS
// stamp keep the folder and its git state out of the binary.
var buildFlags = []string{
	"-mod=readonly", "-trimpath", "-buildvcs=false", "-tags=timetzdata", "-ldflags=-s -w -buildid=",
}

var (
	// What go prints about sources and module files, rather than about the machine or the network.
	sourceTrouble = regexp.MustCompile(`(?m)^\S+\.(go|s|mod|sum):\d+|^# |^go: .*go\.(mod|sum)`)
	fileOfApp     = regexp.MustCompile(`(?m)^\.{1,2}/\S+\.go:\d+`)
	fetchTrouble  = regexp.MustCompile(`: Get "|dial tcp|no space left on device`)
)

// Platforms lists the platforms that Compile knows, as os/architecture.
func Platforms() []string { return []string{"linux/amd64", "linux/arm64"} }

// CheckMain returns a mistake unless the folder's package is a main package on the platform.
func (t *Toolchain) CheckMain(ctx context.Context, dir string, platform v1.Platform) error {
	stdout, stderr, err := t.run(ctx, dir, target(platform), "list", "-mod=readonly", "-find", "-tags=timetzdata", "-f", "{{.Name}}", ".")
	switch {
	case saidNo(err):
		return mistake.WithOutput(stderr, "%s: go finds no main package for %s:", dir, platform)
	case err != nil:
		return fmt.Errorf("look for the main package of %s: %w", dir, err)
	}
	if name := strings.TrimSpace(stdout); name != "main" {
		return mistake.New("%s: the package must be main, got %s; the main function belongs in this folder", dir, name)
	}
	return nil
}

// Compile builds the main package in dir for the platform into the file out: static, without symbols, paths of this
// machine or VCS state. It blocks for as long as go does. The error is a mistake with the compiler's lines when the
// code does not compile.
func (t *Toolchain) Compile(ctx context.Context, dir string, platform v1.Platform, out string) error {
	args := append(append([]string{"build"}, buildFlags...), "-o", out, ".")
	_, stderr, err := t.run(ctx, dir, target(platform), args...)
	switch {
	case saidNo(err) && sourceTrouble.MatchString(stderr) && !fetchTrouble.MatchString(stderr):
		return mistake.WithOutput(located(stderr, dir), "%s does not compile for %s:", dir, platform)
	case saidNo(err):
		return fmt.Errorf("go build of %s for %s: %s", dir, platform, strings.TrimSpace(stderr))
	case err != nil:
		return fmt.Errorf("go build of %s for %s: %w", dir, platform, err)
	}
	return nil
}

// located names files as seen from the working folder: go names them as seen from the app.
func located(stderr, dir string) string {
	return fileOfApp.ReplaceAllStringFunc(stderr, func(file string) string { return filepath.Join(dir, file) })
}

func target(platform v1.Platform) []string {
	return []string{"GOOS=" + platform.OS, "GOARCH=" + platform.Architecture, architectureLevel[platform.Architecture]}
}
