package main

import (
	"bufio"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"capstan/image/internal/distribution"
)

// serve runs a registry whose requests pass through around, and returns its host:port.
func serve(t *testing.T, around func(next http.Handler) http.Handler) string {
	t.Helper()
	server := httptest.NewServer(around(registry.New(registry.Logger(log.New(io.Discard, "", 0)))))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

func untouched(next http.Handler) http.Handler { return next }

func TestPushedImageIsTheBuiltOne(t *testing.T) {
	w := newWorkspace(t)
	built := w.build(t)
	host := serve(t, untouched)
	done := w.run(t, "push", "out/hello", host+"/test/hello:a", "--insecure", "--json")
	if done.code != 0 {
		t.Fatalf("exit code %d: %s", done.code, done.stderr)
	}
	pushed := decode[distribution.Pushed](t, done.stdout)
	if pushed.Digest != built.Digest || pushed.Reference != host+"/test/hello:a" {
		t.Errorf("pushed %+v, built %s", pushed, built.Digest)
	}
	reference, err := name.ParseReference(pushed.Reference)
	if err != nil {
		t.Fatal(err)
	}
	found, err := remote.Get(reference)
	if err != nil {
		t.Fatal(err)
	}
	if found.Digest.String() != built.Digest {
		t.Errorf("the registry holds %s, built was %s", found.Digest, built.Digest)
	}
}

func TestPushOfAChangedAppSendsOneLayer(t *testing.T) {
	var sent atomic.Int64
	host := serve(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
			if request.Method == http.MethodPut && strings.Contains(request.URL.Path, "/blobs/") {
				sent.Add(1)
			}
			next.ServeHTTP(response, request)
		})
	})
	w := newWorkspace(t)
	for _, step := range []struct {
		text string
		// The first push sends the shared layer, the binary and the configuration; the second all but the first.
		blobs int64
	}{{"hello from", 3}, {"hallo from", 2}} {
		if step.text != "hello from" {
			w.edit(t, "apps/hello/main.go", "hello from", step.text)
		}
		w.build(t)
		sent.Store(0)
		if done := w.run(t, "push", "out/hello", host+"/test/hello:a", "--insecure"); done.code != 0 {
			t.Fatalf("exit code %d: %s", done.code, done.stderr)
		}
		if sent.Load() != step.blobs {
			t.Errorf("%d blobs sent, want %d", sent.Load(), step.blobs)
		}
	}
}

func TestPushFailsWhenTheRegistryHoldsSomethingElse(t *testing.T) {
	host := serve(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
			if request.Method == http.MethodGet && strings.HasSuffix(request.URL.Path, "/manifests/a") {
				response.Header().Set("Content-Type", "application/vnd.oci.image.index.v1+json")
				_, err := io.WriteString(response, `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}`)
				if err != nil {
					panic(http.ErrAbortHandler)
				}
				return
			}
			next.ServeHTTP(response, request)
		})
	})
	w := newWorkspace(t)
	w.build(t)
	expectOneLine(t, w.run(t, "push", "out/hello", host+"/test/hello:a", "--insecure"), "the registry holds sha256:")
}

func TestPushFailsWithoutTLSUnlessAllowedOnThisMachine(t *testing.T) {
	w := newWorkspace(t)
	w.build(t)
	host := serve(t, untouched)
	expectOneLine(t, w.run(t, "push", "out/hello", host+"/test/hello:a"), "does not speak TLS; --insecure allows plain http")

	refused := w.run(t, "push", "out/hello", "registry.test/hello:a", "--insecure")
	if refused.code != 2 || !strings.Contains(refused.stderr, "insecure allows plain http to this machine only, got registry.test") {
		t.Errorf("exit code %d: %s", refused.code, refused.stderr)
	}
	unnamed := w.run(t, "push", "out/hello", "hello")
	if unnamed.code != 2 || !strings.Contains(unnamed.stderr, `reference must be host/name:tag, got "hello"`) {
		t.Errorf("exit code %d: %s", unnamed.code, unnamed.stderr)
	}
}

func TestRegistryCommandTakesAPushAndEndsOnSIGTERM(t *testing.T) {
	w := newWorkspace(t)
	built := w.build(t)
	server := w.command(t, "registry", "--listen", "127.0.0.1:0")
	server.Stderr = os.Stderr
	stdout, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	address, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	done := w.run(t, "push", "out/hello", strings.TrimSpace(address)+"/test/hello:a", "--insecure")
	if done.code != 0 || !strings.Contains(done.stdout, built.Digest) {
		t.Errorf("exit code %d: %s%s", done.code, done.stdout, done.stderr)
	}
	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := server.Wait(); err != nil {
		t.Errorf("the registry ended with %v", err)
	}
	if refused := w.run(t, "registry", "--listen", "0.0.0.0:0"); refused.code != 2 {
		t.Errorf("a registry for everyone: exit code %d", refused.code)
	}
}
