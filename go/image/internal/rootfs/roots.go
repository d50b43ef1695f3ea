package rootfs

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"runtime/debug"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// RootsModule is the path of the Go module that the CA certificates come from. Its version is pinned in go.mod, so
// that the certificates of the machine that builds have no say.
const RootsModule = "golang.org/x/crypto/x509roots/fallback"

// Roots returns Mozilla's CA certificates as PEM, in the order of the bundle. Roots that Mozilla trusts only for
// certificates issued before some date are left out: a PEM file cannot say so, and trusting them without the date
// would be wrong.
func Roots() []byte {
	var encoded bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint == nil {
			encoded.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}))
		}
	}
	return encoded.Bytes()
}

// RootsVersion returns the version of RootsModule that this program is built with.
func RootsVersion() (string, error) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", fmt.Errorf("version of %s: this program holds no build information", RootsModule)
	}
	for _, module := range info.Deps {
		if module.Path == RootsModule {
			return module.Version, nil
		}
	}
	return "", fmt.Errorf("version of %s: this program is not built with it as a module", RootsModule)
}
