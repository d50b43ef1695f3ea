// Package ociimage puts layers together to OCI images and an index over them.
package ociimage

import (
	"time"

	"capstan/image/internal/rootfs"
)

// Prefix of the annotations that the OCI image specification defines.
const prefix = "org.opencontainers.image."

// Labels describe an image. Empty ones are left out.
type Labels struct {
	Title, Description, Licenses, Source, Version string
	// Revision is the hash of what the image was made of.
	Revision string
}

// Annotations returns the labels under their OCI names, with the fixed time of creation. There is no base image to
// name. See the annotations chapter of the OCI image specification.
func (l Labels) Annotations() map[string]string {
	annotations := map[string]string{prefix + "created": rootfs.Created.Format(time.RFC3339)}
	for name, value := range map[string]string{
		"title": l.Title, "description": l.Description, "licenses": l.Licenses,
		"source": l.Source, "version": l.Version, "revision": l.Revision,
	} {
		if value != "" {
			annotations[prefix+name] = value
		}
	}
	return annotations
}
