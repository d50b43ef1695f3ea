// Package distribution moves image indexes to registries, and serves a small registry for tests.
package distribution

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/validate"

	"capstan/image/internal/layout"
	"capstan/image/internal/mistake"
)

// Pushed names an image in a registry.
type Pushed struct {
	// Reference is host/name:tag, as given.
	Reference string `json:"reference"`
	// Digest of the index, `sha256:…`, as the registry gave it back.
	Digest string `json:"digest"`
}

// Push sends the index, its images and their layers to the reference (host/name:tag), with the credentials of
// `docker login` if there are any, and reads the index and its manifests back to see that they are the same bytes.
// Without insecure it speaks TLS only; insecure allows plain http to a loopback address and nowhere else. It blocks
// until the registry has answered or ctx ends.
func Push(ctx context.Context, opened layout.Layout, reference string, insecure bool) (Pushed, error) {
	tag, err := name.NewTag(reference, name.StrictValidation)
	if err != nil {
		return Pushed{}, mistake.New("reference must be host/name:tag, got %q: %v", reference, err)
	}
	if insecure && !isLoopback(tag.RegistryStr()) {
		return Pushed{}, mistake.New("insecure allows plain http to this machine only, got %s", tag.RegistryStr())
	}
	options := []remote.Option{
		remote.WithContext(ctx),
		remote.WithAuthFromKeychain(authn.DefaultKeychain),
		remote.WithTransport(transport{remote.DefaultTransport, insecure}),
	}
	if err := remote.WriteIndex(tag, opened.Index, options...); err != nil {
		return Pushed{}, fmt.Errorf("push to %s: %w", tag, err)
	}
	digest, err := readBack(tag, options)
	if err != nil {
		return Pushed{}, fmt.Errorf("read %s back: %w", tag, err)
	}
	if digest != opened.Digest {
		return Pushed{}, fmt.Errorf("push to %s: the registry holds %s, sent was %s", tag, digest, opened.Digest)
	}
	return Pushed{Reference: reference, Digest: digest.String()}, nil
}

// readBack fetches the index by its tag and checks that everything it names is there.
func readBack(tag name.Tag, options []remote.Option) (v1.Hash, error) {
	index, err := remote.Index(tag, options...)
	if err != nil {
		return v1.Hash{}, err
	}
	if err := validate.Index(index, validate.Fast); err != nil {
		return v1.Hash{}, err
	}
	return index.Digest()
}

func isLoopback(registry string) bool {
	host, _, err := net.SplitHostPort(registry)
	if err != nil {
		host = registry
	}
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

// transport keeps the library from falling back to plain http, which it does for private addresses.
type transport struct {
	next     http.RoundTripper
	insecure bool
}

func (t transport) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.URL.Scheme != "https" && !(t.insecure && isLoopback(request.URL.Host)) {
		return nil, fmt.Errorf("%s does not speak TLS; --insecure allows plain http to a registry on this machine", request.URL.Host)
	}
	return t.next.RoundTrip(request)
}
