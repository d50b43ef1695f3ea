package sbom

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"path"
	"runtime/debug"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/package-url/packageurl-go"

	"capstan/image/internal/rootfs"
)

// What Go writes for the version of a module that is built from a folder.
const unversioned = "(devel)"

func imageComponent(image Image) cdx.Component {
	qualifiers := packageurl.QualifiersFromMap(map[string]string{
		"arch": image.Platform.Architecture, "repository_url": image.Repository, "tag": image.Tag,
	})
	name := path.Base(image.Repository)
	url := packageurl.NewPackageURL(packageurl.TypeOCI, "", name, image.Digest.String(), qualifiers, "").ToString()
	return cdx.Component{
		BOMRef: url, PackageURL: url, Type: cdx.ComponentTypeContainer,
		Name: image.Repository, Version: image.Digest.String(),
		Hashes: &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: image.Digest.Hex}},
	}
}

func appComponent(info *debug.BuildInfo, image Image) cdx.Component {
	app := moduleComponent(&info.Main)
	app.Type = cdx.ComponentTypeApplication
	app.Hashes = contentHash(image.Binary)
	app.Properties = &[]cdx.Property{{Name: "capstan:path", Value: "/" + image.Name}}
	return app
}

func rootsComponent() (cdx.Component, error) {
	version, err := rootfs.RootsVersion()
	if err != nil {
		return cdx.Component{}, err
	}
	roots := moduleComponent(&debug.Module{Path: rootfs.RootsModule, Version: version})
	roots.Type = cdx.ComponentTypeData
	roots.Description = "CA certificates of Mozilla"
	roots.Hashes = contentHash(rootfs.Roots())
	roots.Properties = &[]cdx.Property{{Name: "capstan:path", Value: rootfs.RootsPath}}
	return roots, nil
}

// moduleComponents lists the standard library and the modules that are linked into the binary, sorted by Go.
func moduleComponents(info *debug.BuildInfo) []cdx.Component {
	standard := &debug.Module{Path: "std", Version: strings.TrimPrefix(info.GoVersion, "go")}
	components := []cdx.Component{moduleComponent(standard)}
	for _, module := range info.Deps {
		components = append(components, moduleComponent(module))
	}
	return components
}

func moduleComponent(module *debug.Module) cdx.Component {
	version, sum := module.Version, module.Sum
	if module.Replace != nil {
		version, sum = module.Replace.Version, module.Replace.Sum
	}
	if version == unversioned {
		version = ""
	}
	url := moduleURL(source(module), version)
	component := cdx.Component{
		BOMRef: url, PackageURL: url, Type: cdx.ComponentTypeLibrary, Name: module.Path, Version: version,
	}
	if digest, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(sum, "h1:")); err == nil && len(digest) > 0 {
		// The hash of go.sum, over the module's files, as other makers of Go bills state it.
		component.Hashes = &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: hex.EncodeToString(digest)}}
	}
	return component
}

// source is the path that a module is fetched by: that of its replacement, unless it is a folder.
func source(module *debug.Module) string {
	if module.Replace == nil || module.Replace.Version == unversioned {
		return module.Path
	}
	return module.Replace.Path
}

func moduleURL(module, version string) string {
	namespace, name := path.Split(module)
	return packageurl.NewPackageURL(packageurl.TypeGolang, strings.TrimSuffix(namespace, "/"), name, version, nil, "").ToString()
}

func contentHash(content []byte) *[]cdx.Hash {
	sum := sha256.Sum256(content)
	return &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: hex.EncodeToString(sum[:])}}
}
