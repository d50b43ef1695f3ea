package ociimage

import (
	"errors"
	"fmt"
	"strconv"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"capstan/image/internal/rootfs"
)

// Contents are the layers of one platform, lowest first: what all images share, then the binary.
type Contents struct {
	Static, Binary v1.Layer
}

// New returns an image in OCI media types that runs /name as the unprivileged user.
func New(name string, platform v1.Platform, contents Contents, labels Labels) (v1.Image, error) {
	// The empty image of the library is one of Docker.
	base := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	image, err := mutate.Append(base,
		addendum(contents.Static, "users, name resolution, CA certificates, /tmp"),
		addendum(contents.Binary, "/"+name))
	if err != nil {
		return nil, fmt.Errorf("image for %s: %w", platform, err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, fmt.Errorf("image for %s: %w", platform, err)
	}
	configured, err := mutate.ConfigFile(image, configure(config.DeepCopy(), name, platform, labels))
	if err != nil {
		return nil, fmt.Errorf("image for %s: %w", platform, err)
	}
	annotated, ok := mutate.Annotations(configured, labels.Annotations()).(v1.Image)
	if !ok {
		return nil, errors.New("annotations of an image: the result is no image")
	}
	return annotated, nil
}

func addendum(layer v1.Layer, comment string) mutate.Addendum {
	return mutate.Addendum{
		Layer:   layer,
		History: v1.History{Created: v1.Time{Time: rootfs.Created}, CreatedBy: "capstan image build", Comment: comment},
	}
}

func configure(config *v1.ConfigFile, name string, platform v1.Platform, labels Labels) *v1.ConfigFile {
	user := strconv.Itoa(rootfs.User)
	config.Created = v1.Time{Time: rootfs.Created}
	config.OS, config.Architecture, config.Variant = platform.OS, platform.Architecture, platform.Variant
	config.Config = v1.Config{
		// By number: Kubernetes cannot tell that a user known by name is not root.
		User:       user + ":" + user,
		Entrypoint: []string{"/" + name},
		WorkingDir: "/",
		StopSignal: "SIGTERM",
		Labels:     labels.Annotations(),
	}
	return config
}

// PlatformImage is the image of one platform.
type PlatformImage struct {
	Platform v1.Platform
	Image    v1.Image
}

// Index returns an OCI index over the images, in their order.
func Index(images []PlatformImage, labels Labels) (v1.ImageIndex, error) {
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, one := range images {
		index = mutate.AppendManifests(index, mutate.IndexAddendum{
			Add:        one.Image,
			Descriptor: v1.Descriptor{Platform: &one.Platform},
		})
	}
	annotated, ok := mutate.Annotations(index, labels.Annotations()).(v1.ImageIndex)
	if !ok {
		return nil, errors.New("annotations of an index: the result is no index")
	}
	return annotated, nil
}
