package main

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"debug/elf"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	cdx "github.com/CycloneDX/cyclonedx-go"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/validate"

	"capstan/image/internal/inspect"
)

// unpack lays the image of a platform out in rootfs and returns its configuration.
func (w workspace) unpack(t *testing.T, platform string) v1.ConfigFile {
	t.Helper()
	done := w.run(t, "unpack", "out/hello", "--platform", platform, "--out", "rootfs")
	if done.code != 0 {
		t.Fatalf("unpack ended with exit code %d:\n%s", done.code, done.stderr)
	}
	return decode[v1.ConfigFile](t, done.stdout)
}

func (w workspace) inspect(t *testing.T) inspect.Report {
	t.Helper()
	done := w.run(t, "inspect", "out/hello", "--json")
	if done.code != 0 {
		t.Fatalf("inspect ended with exit code %d:\n%s", done.code, done.stderr)
	}
	return decode[inspect.Report](t, done.stdout)
}

func TestImageOfBothPlatforms(t *testing.T) {
	w := newWorkspace(t)
	built := w.build(t, "--platform", "linux/amd64,linux/arm64", "--title", "Hello", "--version", "1.2.3", "--licenses", "Apache-2.0")
	report := w.inspect(t)

	t.Run("is a valid layout without Docker's media types", func(t *testing.T) {
		index, err := layout.ImageIndexFromPath(w.path("out/hello"))
		if err != nil {
			t.Fatal(err)
		}
		if err := validate.Index(index); err != nil {
			t.Error(err)
		}
		for _, one := range append([]string{built.Digest}, built.Platforms[0].Digest, built.Platforms[1].Digest) {
			if text := string(w.read(t, blob(one))); strings.Contains(text, "docker") {
				t.Errorf("Docker's media type in %s", text)
			}
		}
	})
	t.Run("is reported alike by build and inspect", func(t *testing.T) {
		if built.Digest != report.Digest || report.Tag != "a1b2c3" {
			t.Errorf("inspect tells %s %s, build %s", report.Tag, report.Digest, built.Digest)
		}
		for i, one := range report.Platforms {
			if one.Digest != built.Platforms[i].Digest || one.CompressedBytes != built.Platforms[i].CompressedBytes {
				t.Errorf("inspect tells %+v, build %+v", one, built.Platforms[i])
			}
		}
	})
	t.Run("has the platforms in the order asked for", func(t *testing.T) {
		if got := []string{report.Platforms[0].Platform, report.Platforms[1].Platform}; !slices.Equal(got, []string{"linux/amd64", "linux/arm64"}) {
			t.Errorf("got %v", got)
		}
	})
	t.Run("shares the layer without the binary", func(t *testing.T) {
		amd, arm := built.Platforms[0].Layers, built.Platforms[1].Layers
		if amd[0] != arm[0] || amd[1] == arm[1] {
			t.Errorf("layers %v and %v", amd, arm)
		}
	})
	t.Run("runs as the unprivileged user", func(t *testing.T) {
		for _, one := range report.Platforms {
			if one.User != "65532:65532" || !slices.Equal(one.Entrypoint, []string{"/hello"}) || one.WorkingDir != "/" {
				t.Errorf("%+v", one)
			}
		}
	})
	t.Run("carries annotations, none about a base", func(t *testing.T) {
		want := map[string]string{
			"org.opencontainers.image.created":  "1970-01-01T00:00:00Z",
			"org.opencontainers.image.revision": "sha256:a1b2c3",
			"org.opencontainers.image.version":  "1.2.3",
			"org.opencontainers.image.licenses": "Apache-2.0",
			"org.opencontainers.image.title":    "Hello",
		}
		for _, got := range []map[string]string{report.Annotations, report.Platforms[0].Annotations, report.Platforms[1].Annotations} {
			if !maps.Equal(got, want) {
				t.Errorf("got %v", got)
			}
		}
	})
	t.Run("holds these files and no other", func(t *testing.T) {
		want := []string{
			"0755 /hello", "0755 /etc/", "0644 /etc/group", "0644 /etc/nsswitch.conf", "0644 /etc/passwd", "0755 /etc/ssl/",
			"0755 /etc/ssl/certs/", "0644 /etc/ssl/certs/ca-certificates.crt", "1777 /tmp/",
		}
		for _, one := range report.Platforms {
			var got []string
			for _, file := range one.Files {
				got = append(got, file.Mode+" "+file.Path)
				if file.UID != 0 || file.GID != 0 {
					t.Errorf("%s belongs to %d:%d", file.Path, file.UID, file.GID)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("got %v", got)
			}
		}
	})
}

func TestUnpackKeepsModesAndOwners(t *testing.T) {
	w := newWorkspace(t)
	w.build(t)
	w.umask = "077"
	config := w.unpack(t, "linux/amd64")
	if config.Config.User != "65532:65532" || config.OS != "linux" || config.Architecture != "amd64" {
		t.Errorf("configuration %+v", config)
	}
	modes := map[string]fs.FileMode{
		".": 0o755 | fs.ModeDir, "hello": 0o755, "etc": 0o755 | fs.ModeDir, "etc/passwd": 0o644,
		"etc/ssl/certs/ca-certificates.crt": 0o644, "tmp": 0o777 | fs.ModeDir | fs.ModeSticky,
	}
	for within, want := range modes {
		info, err := os.Lstat(w.path(filepath.Join("rootfs", within)))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != want {
			t.Errorf("%s has mode %s, want %s", within, info.Mode(), want)
		}
		// Root keeps the image's owner, which is root; anybody else owns what he unpacks.
		if status, ok := info.Sys().(*syscall.Stat_t); !ok || int(status.Uid) != os.Geteuid() {
			t.Errorf("%s belongs to %+v", within, info.Sys())
		}
	}
}

func TestBinaryNeedsNothingFromTheImage(t *testing.T) {
	w := newWorkspace(t)
	w.build(t)
	w.unpack(t, "linux/amd64")
	binary := w.read(t, "rootfs/hello")
	file, err := elf.NewFile(bytes.NewReader(binary))
	if err != nil {
		t.Fatal(err)
	}
	for _, segment := range file.Progs {
		if segment.Type == elf.PT_INTERP {
			t.Error("the binary needs a dynamic linker")
		}
	}
	for _, section := range file.Sections {
		if strings.HasPrefix(section.Name, ".debug") || section.Name == ".symtab" {
			t.Errorf("the binary holds %s", section.Name)
		}
	}
	if !bytes.Contains(binary, []byte("Asia/Tokyo")) {
		t.Error("the binary holds no time zones")
	}
}

func TestCertificatesComeFromThePinnedModule(t *testing.T) {
	w := newWorkspace(t)
	w.env = []string{"SSL_CERT_FILE=/nonexistent", "SSL_CERT_DIR=/nonexistent"}
	w.build(t)
	w.unpack(t, "linux/amd64")
	bundle := w.read(t, "rootfs/etc/ssl/certs/ca-certificates.crt")
	if !x509.NewCertPool().AppendCertsFromPEM(bundle) {
		t.Fatal("no certificate could be read")
	}
	if count := strings.Count(string(bundle), "BEGIN CERTIFICATE"); count < 100 {
		t.Errorf("%d certificates, Mozilla trusts more than 100", count)
	}
}

func TestBillOfMaterialsDescribesTheImage(t *testing.T) {
	w := newWorkspace(t)
	built := w.build(t)
	w.unpack(t, "linux/amd64")
	var bill cdx.BOM
	if err := json.Unmarshal(w.read(t, built.Platforms[0].SBOM), &bill); err != nil {
		t.Fatal(err)
	}
	if bill.SpecVersion != cdx.SpecVersion1_6 || bill.Metadata.Component.Version != built.Platforms[0].Digest {
		t.Errorf("version %s for image %s", bill.SpecVersion, bill.Metadata.Component.Version)
	}
	components := map[string]cdx.Component{}
	for _, component := range *bill.Components {
		components[component.Name] = component
	}
	for _, name := range []string{"hello", "std", "runtime.test", "golang.org/x/crypto/x509roots/fallback"} {
		if _, ok := components[name]; !ok {
			t.Errorf("no component %s", name)
		}
	}
	sum := sha256.Sum256(w.read(t, "rootfs/hello"))
	if got := (*components["hello"].Hashes)[0].Value; got != hex.EncodeToString(sum[:]) {
		t.Errorf("hash of the binary is %s, want %x", got, sum)
	}
	for _, dependency := range *bill.Dependencies {
		for _, ref := range *dependency.Dependencies {
			if !slices.ContainsFunc(*bill.Components, func(c cdx.Component) bool { return c.BOMRef == ref }) {
				t.Errorf("%s depends on %s, which is not listed", dependency.Ref, ref)
			}
		}
	}
}

func blob(digest string) string {
	return "out/hello/blobs/" + strings.Replace(digest, ":", "/", 1)
}
