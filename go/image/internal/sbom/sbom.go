// Package sbom lists what an image is made of as a CycloneDX 1.6 bill of materials, from the build information that
// Go writes into every binary. Equal images give equal bills: they hold no time and no random number.
package sbom

import (
	"bytes"
	"debug/buildinfo"
	"fmt"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/uuid"

	"capstan/image/internal/rootfs"
)

// Image is what a bill of materials describes.
type Image struct {
	// Repository and Tag are the image's name; Digest is that of the platform's manifest.
	Repository, Tag string
	Digest          v1.Hash
	Platform        v1.Platform
	// Binary is the app's executable, Name its file name.
	Name   string
	Binary []byte
}

// Describe returns the bill of materials of an image for one platform as JSON.
func Describe(image Image) ([]byte, error) {
	info, err := buildinfo.Read(bytes.NewReader(image.Binary))
	if err != nil {
		return nil, fmt.Errorf("build information of %s: %w", image.Name, err)
	}
	roots, err := rootsComponent()
	if err != nil {
		return nil, err
	}
	whole := imageComponent(image)
	app := appComponent(info, image)
	modules := moduleComponents(info)

	bill := cdx.NewBOM()
	// Named after the digest instead of by chance.
	bill.SerialNumber = uuid.NewSHA1(uuid.NameSpaceURL, []byte(whole.PackageURL)).URN()
	bill.Metadata = &cdx.Metadata{
		Timestamp: rootfs.Created.Format(time.RFC3339),
		Component: &whole,
		Tools:     &cdx.ToolsChoice{Components: &[]cdx.Component{{Type: cdx.ComponentTypeApplication, Name: "capstan"}}},
	}
	components := append([]cdx.Component{app, roots}, modules...)
	bill.Components = &components
	bill.Dependencies = dependencies(whole, app, roots, modules)

	var encoded bytes.Buffer
	encoder := cdx.NewBOMEncoder(&encoded, cdx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false)
	if err := encoder.EncodeVersion(bill, cdx.SpecVersion1_6); err != nil {
		return nil, fmt.Errorf("bill of materials of %s: %w", image.Name, err)
	}
	return encoded.Bytes(), nil
}

// dependencies says that the image holds the app and the certificates, and the app is linked from all modules. Build
// information does not tell which module needs which.
func dependencies(whole, app, roots cdx.Component, modules []cdx.Component) *[]cdx.Dependency {
	linked := make([]string, 0, len(modules))
	for _, module := range modules {
		linked = append(linked, module.BOMRef)
	}
	return &[]cdx.Dependency{
		{Ref: whole.BOMRef, Dependencies: &[]string{app.BOMRef, roots.BOMRef}},
		{Ref: app.BOMRef, Dependencies: &linked},
	}
}
