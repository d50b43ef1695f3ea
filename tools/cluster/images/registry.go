package main

import (
	"io"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// serveRegistry serves a registry until the process ends. Layers lie in the folder, manifests in memory.
func serveRegistry(listen, folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	server := &http.Server{
		Addr: listen,
		Handler: registry.New(
			registry.WithBlobHandler(registry.NewDiskBlobHandler(folder)),
			registry.Logger(log.New(io.Discard, "", 0)),
		),
		ReadHeaderTimeout: 10 * time.Second,
	}
	return server.ListenAndServe()
}

// pushLayout sends the one image, or index of images, that a layout holds to a registry at this address. Whichever
// host its name has, containerd asks for the path behind it only: the registry stands in for all of them.
func pushLayout(folder, address, wanted string) error {
	root, err := layout.ImageIndexFromPath(folder)
	if err != nil {
		return err
	}
	manifest, err := root.IndexManifest()
	if err != nil {
		return err
	}
	digest := manifest.Manifests[0].Digest
	named, err := name.ParseReference(wanted)
	if err != nil {
		return err
	}
	target, err := name.NewTag(address+"/"+named.Context().RepositoryStr()+":"+named.Identifier(), name.Insecure)
	if err != nil {
		return err
	}
	if manifest.Manifests[0].MediaType.IsIndex() {
		index, err := root.ImageIndex(digest)
		if err != nil {
			return err
		}
		return remote.WriteIndex(target, index)
	}
	image, err := root.Image(digest)
	if err != nil {
		return err
	}
	return remote.Write(target, image)
}
