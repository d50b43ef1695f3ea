package main

import (
	"bytes"
	"debug/buildinfo"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestBuildsOfEqualInputsAreEqual(t *testing.T) {
	first := newWorkspace(t)
	want := first.build(t)
	wantBill := first.read(t, want.Platforms[0].SBOM)
	cache := goSetting(t, "GOCACHE")
	modules := goSetting(t, "GOMODCACHE")

	machine := newWorkspace(t)
	machine.write(t, "go.env", "GOAMD64=v3\nGOFLAGS=-tags=other\n")

	cases := map[string]func(t *testing.T) workspace{
		"the same folder again":  func(*testing.T) workspace { return first },
		"a folder deeper down":   func(t *testing.T) workspace { return newWorkspace(t, "some where", "deeper") },
		"a dirty git tree":       dirtyTree,
		"a strict umask":         func(t *testing.T) workspace { w := newWorkspace(t); w.umask = "077"; return w },
		"another time zone":      withEnv("TZ=Asia/Tokyo"),
		"another home":           withEnv("HOME=/nonexistent", "GOCACHE="+cache, "GOMODCACHE="+modules),
		"settings of Go":         withEnv("GOAMD64=v3", "GOFLAGS=-tags=other -gcflags=-N", "CGO_ENABLED=1", "GOEXPERIMENT=nogreenteagc"),
		"settings of go env -w":  withEnv("GOENV=" + machine.path("go.env")),
		"a go.work around":       withGoWork,
		"files that are no code": func(t *testing.T) workspace { w := newWorkspace(t); w.write(t, "apps/hello/notes.txt", "x"); return w },
	}
	for name, prepare := range cases {
		t.Run(name, func(t *testing.T) {
			w := prepare(t)
			got := w.build(t)
			if got.Digest != want.Digest {
				t.Errorf("digest %s, first built was %s", got.Digest, want.Digest)
			}
			if !bytes.Equal(w.read(t, got.Platforms[0].SBOM), wantBill) {
				t.Error("the bill of materials differs")
			}
		})
	}
}

// A compile cache could hide what the folder does to the compiler's output.
func TestBuildsOfEqualInputsAreEqualWithoutCompileCache(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the standard library")
	}
	want := newWorkspace(t).build(t)
	cold := withEnv("GOCACHE=" + filepath.Join(t.TempDir(), "cache"))(t)
	if got := cold.build(t); got.Digest != want.Digest {
		t.Errorf("digest %s, with a compile cache %s", got.Digest, want.Digest)
	}
}

func TestEveryInputChangesTheDigest(t *testing.T) {
	want := newWorkspace(t).build(t)
	cases := map[string]func(t *testing.T, w workspace) []string{
		"one letter of the app": func(t *testing.T, w workspace) []string {
			w.edit(t, "apps/hello/main.go", "hello from", "hallo from")
			return nil
		},
		"one letter of the module in a folder": func(t *testing.T, w workspace) []string {
			w.edit(t, "runtime/runtime.go", "os.Signal, 1)", "os.Signal, 2)")
			return nil
		},
		"the revision": func(*testing.T, workspace) []string { return []string{"--revision", "sha256:d4"} },
		"the title":    func(*testing.T, workspace) []string { return []string{"--title", "Hello"} },
		"the name":     func(*testing.T, workspace) []string { return []string{"--name", "hallo"} },
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorkspace(t)
			if got := w.build(t, change(t, w)...); got.Digest == want.Digest {
				t.Error("the digest is that of the first build")
			}
		})
	}
}

func TestTagAndRepositoryAreNotPartOfTheImage(t *testing.T) {
	w := newWorkspace(t)
	first := w.build(t)
	second := w.build(t, "--tag", "other", "--repository", "localhost:5000/elsewhere/hello")
	if first.Digest != second.Digest {
		t.Errorf("digest %s under another name, %s before", second.Digest, first.Digest)
	}
}

func TestBinaryTellsNothingOfThisMachine(t *testing.T) {
	w := newWorkspace(t)
	w.build(t)
	w.unpack(t, "linux/amd64")
	binary := w.read(t, "rootfs/hello")
	for _, leak := range []string{w.dir, goSetting(t, "GOMODCACHE"), goSetting(t, "GOROOT")} {
		if bytes.Contains(binary, []byte(leak)) {
			t.Errorf("the binary holds %s", leak)
		}
	}
	info, err := buildinfo.Read(bytes.NewReader(binary))
	if err != nil {
		t.Fatal(err)
	}
	for _, setting := range info.Settings {
		if strings.HasPrefix(setting.Key, "vcs") {
			t.Errorf("the binary holds %s=%s", setting.Key, setting.Value)
		}
	}
	for _, module := range info.Deps {
		if module.Replace != nil && filepath.IsAbs(module.Replace.Path) {
			t.Errorf("the binary holds the folder of %s: %s", module.Path, module.Replace.Path)
		}
	}
}

func withEnv(env ...string) func(t *testing.T) workspace {
	return func(t *testing.T) workspace {
		w := newWorkspace(t)
		w.env = env
		return w
	}
}

func withGoWork(t *testing.T) workspace {
	w := newWorkspace(t)
	w.write(t, "go.work", "go 1.26.0\n\nuse ./runtime\n")
	return w
}

func dirtyTree(t *testing.T) workspace {
	w := newWorkspace(t)
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"-c", "user.name=a", "-c", "user.email=a@example.test", "commit", "-q", "-m", "a"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = w.dir
		cmd.Env = append(cmd.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
		if output, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, output)
		}
	}
	w.write(t, "apps/hello/untracked.txt", "not committed")
	return w
}

func goSetting(t *testing.T, name string) string {
	t.Helper()
	value, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(value))
}
