package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestBuildFailsOnMistakesOfTheUser(t *testing.T) {
	cases := map[string]struct {
		prepare func(t *testing.T, w *workspace)
		args    []string
		want    []string
	}{
		"fails on code that does not compile": {
			prepare: func(t *testing.T, w *workspace) { w.edit(t, "apps/hello/main.go", "os.Getuid()", "os.GetUid()") },
			want:    []string{"apps/hello does not compile for linux/amd64:", "\napps/hello/main.go:12:31: undefined: os.GetUid"},
		},
		"fails on a module in a folder that does not compile": {
			prepare: func(t *testing.T, w *workspace) { w.edit(t, "runtime/runtime.go", "os.Signal, 1)", "os.Signal, one)") },
			want:    []string{"apps/hello does not compile", "\nruntime/runtime.go:12:32: undefined: one"},
		},
		"fails on code that is not Go": {
			prepare: func(t *testing.T, w *workspace) { w.edit(t, "apps/hello/main.go", "func main", "fn main") },
			want:    []string{"apps/hello", "main.go:11:1"},
		},
		"fails on a module that go.mod does not require": {
			prepare: func(t *testing.T, w *workspace) {
				w.edit(t, "apps/hello/main.go", `"runtime.test"`, `"runtime.test"; _ "other.test"`)
			},
			want: []string{"apps/hello does not compile", "other.test"},
		},
		"fails on a package that is not main": {
			prepare: func(t *testing.T, w *workspace) { w.edit(t, "apps/hello/main.go", "package main", "package hello") },
			want:    []string{"apps/hello: the package must be main, got hello"},
		},
		"fails on a folder without Go files": {
			prepare: func(t *testing.T, w *workspace) {
				if err := os.Remove(w.path("apps/hello/main.go")); err != nil {
					t.Fatal(err)
				}
			},
			want: []string{"apps/hello: go finds no main package", "no Go files"},
		},
		"fails on a folder that is no module": {
			args: []string{"--app", "apps"},
			want: []string{"apps: must be the folder of a Go module, but it has no go.mod"},
		},
		"fails on a folder that is not there": {
			args: []string{"--app", "apps/none"},
			want: []string{"apps/none: there is no such folder"},
		},
		"fails on a symbolic link out of the app": {
			prepare: func(t *testing.T, w *workspace) {
				w.write(t, "shared.go", "package main\n")
				if err := os.Symlink("../../shared.go", w.path("apps/hello/shared.go")); err != nil {
					t.Fatal(err)
				}
			},
			want: []string{"apps/hello/shared.go: the symbolic link leads out of the app's folder"},
		},
		"fails on a module replaced by an absolute path": {
			prepare: func(t *testing.T, w *workspace) {
				w.edit(t, "apps/hello/go.mod", "=> ../../runtime", "=> "+w.path("runtime"))
			},
			want: []string{"apps/hello/go.mod: replace runtime.test must name a relative folder"},
		},
		"fails on an unknown platform": {
			args: []string{"--platform", "linux/s390x"},
			want: []string{"platform must be of linux/amd64, linux/arm64, each once, got linux/s390x"},
		},
		"fails on a toolchain that is not one version": {
			args: []string{"--toolchain", "auto"},
			want: []string{`toolchain must be one exact version such as go1.26.8, got "auto"`},
		},
		"fails on every wrong flag at once": {
			args: []string{"--name", "Hello", "--repository", "hello", "--tag", "a b"},
			want: []string{"name must be", "repository must be"},
		},
		"fails on a name that every image has as a folder": {
			args: []string{"--name", "etc"},
			want: []string{`no folder of the image (dev, etc, proc, sys, tmp), got "etc"`},
		},
		"fails rather than delete a folder that is no layout": {
			prepare: func(t *testing.T, w *workspace) { w.write(t, "out/hello/thesis.txt", "years of work") },
			want:    []string{"out/hello: must be a new folder or an OCI image layout"},
		},
		"fails on an unknown flag": {args: []string{"--colour"}, want: []string{"unknown flag: --colour"}},
	}
	for name, one := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorkspace(t)
			if one.prepare != nil {
				one.prepare(t, &w)
			}
			failed := w.run(t, buildArgs(one.args...)...)
			if failed.code != 2 || failed.stdout != "" {
				t.Errorf("exit code %d, want 2; printed %q", failed.code, failed.stdout)
			}
			for _, want := range one.want {
				if !strings.Contains(failed.stderr, want) {
					t.Errorf("want %q in:\n%s", want, failed.stderr)
				}
			}
			for _, never := range []string{"goroutine ", "panic:", "exit status"} {
				if strings.Contains(failed.stderr, never) {
					t.Errorf("%q in:\n%s", never, failed.stderr)
				}
			}
		})
	}
}

func TestBuildFailsInOneLineWithoutTheToolchain(t *testing.T) {
	w := newWorkspace(t)
	w.env = []string{"GOPROXY=off"}
	expectOneLine(t, w.run(t, buildArgs("--toolchain", "go1.99.1")...), "go toolchain go1.99.1 is not installed and cannot be fetched")
}

func TestBuildFailsInOneLineWithoutGo(t *testing.T) {
	w := newWorkspace(t)
	w.env = []string{"PATH=/bin/nowhere"}
	expectOneLine(t, w.run(t, buildArgs()...), "no go command in PATH")
}

func TestBuildFailsInOneLineWhenTheBuilderIsOfAnotherToolchain(t *testing.T) {
	w := newWorkspace(t)
	w.write(t, "bin/go", "#!/bin/sh\necho '{\"GOVERSION\":\"go1.99.1\"}'\n")
	if err := os.Chmod(w.path("bin/go"), 0o755); err != nil {
		t.Fatal(err)
	}
	w.env = []string{"PATH=" + w.path("bin") + string(filepath.ListSeparator) + os.Getenv("PATH")}
	expectOneLine(t, w.run(t, buildArgs("--toolchain", "go1.99.1")...),
		"the image builder was compiled by "+runtime.Version(), "compile it with GOTOOLCHAIN=go1.99.1")
}

func TestFailedBuildLeavesTheFormerImage(t *testing.T) {
	w := newWorkspace(t)
	former := w.build(t)
	w.edit(t, "apps/hello/main.go", "os.Getuid()", "os.GetUid()")
	if failed := w.run(t, buildArgs()...); failed.code != 2 {
		t.Fatalf("exit code %d", failed.code)
	}
	if now := w.inspect(t); now.Digest != former.Digest {
		t.Errorf("digest %s, former %s", now.Digest, former.Digest)
	}
	left, err := os.ReadDir(w.path("out"))
	if err != nil {
		t.Fatal(err)
	}
	if len(left) != 2 {
		t.Errorf("the folder holds %v, want the layout and its bill of materials", left)
	}
}

func TestCommandsFailOnWhatIsNoLayout(t *testing.T) {
	w := newWorkspace(t)
	for _, args := range [][]string{
		{"inspect", "apps"},
		{"push", "apps", "localhost:5000/hello:a"},
		{"unpack", "apps", "--platform", "linux/amd64", "--out", "rootfs"},
	} {
		if failed := w.run(t, args...); failed.code != 2 || !strings.Contains(failed.stderr, "apps: cannot be read as an OCI image layout") {
			t.Errorf("%v: exit code %d, %s", args, failed.code, failed.stderr)
		}
	}
}

func TestCommandsFailOnALayoutThatWasTamperedWith(t *testing.T) {
	w := newWorkspace(t)
	layer := blob(w.build(t).Platforms[0].Layers[0].Digest)
	content := w.read(t, layer)
	content[len(content)/2] ^= 1
	w.write(t, layer, string(content))
	for _, args := range [][]string{
		{"inspect", "out/hello"},
		{"push", "out/hello", "localhost:1/hello:a", "--insecure"},
		{"unpack", "out/hello", "--platform", "linux/amd64", "--out", "rootfs"},
	} {
		expectOneLine(t, w.run(t, args...), "out/hello: the image is damaged: ")
	}
	if _, err := os.Stat(w.path("rootfs")); err == nil {
		t.Error("a damaged image was unpacked")
	}
}

func TestUnpackFailsOnAFolderWithFilesAndOnAPlatformThatIsNotThere(t *testing.T) {
	w := newWorkspace(t)
	w.build(t)
	for want, args := range map[string][]string{
		"apps: must be a new or an empty folder":                   {"--platform", "linux/amd64", "--out", "apps"},
		"platform must be one of the image's, got linux/arm64":     {"--platform", "linux/arm64", "--out", "rootfs"},
		"platform must be system/architecture such as linux/amd64": {"--platform", "amd64", "--out", "rootfs"},
	} {
		if failed := w.run(t, append([]string{"unpack", "out/hello"}, args...)...); failed.code != 2 || !strings.Contains(failed.stderr, want) {
			t.Errorf("%v: exit code %d, %s", args, failed.code, failed.stderr)
		}
	}
}

func expectOneLine(t *testing.T, failed outcome, wants ...string) {
	t.Helper()
	if failed.code != 1 || strings.Count(failed.stderr, "\n") != 1 {
		t.Errorf("exit code %d, want 1 and one line:\n%s", failed.code, failed.stderr)
	}
	for _, want := range wants {
		if !strings.Contains(failed.stderr, want) {
			t.Errorf("want %q in:\n%s", want, failed.stderr)
		}
	}
}
