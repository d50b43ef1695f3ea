// Command develop turns photos into thumbnails and into metadata that tells
// nothing about who took them, where or with what.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"sync"

	"capstan/worker"
)

// Photo is one task: a JPEG, PNG or WebP file.
type Photo struct {
	// Path is relative to the input folder, with slashes.
	Path string `json:"path"`
	// Bytes is the file's size when the task was made. It only informs: what the
	// file holds when the task runs counts.
	Bytes int64 `json:"bytes"`
}

// thumbnails holds buffers for encoded thumbnails, some 20 to 60 kB each. The
// big buffers of a task, the decoded pictures, belong to the decoders and cannot
// be kept.
var thumbnails = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// developer is what a handler keeps between tasks.
type developer struct {
	catalog *catalog // nil: none
	cache   *cache   // nil: none
}

// New makes the handler. A pod that is connected to a catalog takes down there what it has developed;
// one that is connected to a cache does not decode a content again that another name had before. Both
// are named by variables, see [openCatalog] and [openCache]; without them it works all the same.
func New(setup worker.Setup) (worker.Handler[Photo], error) {
	records, err := openCatalog(max(setup.Slots, 1))
	if err != nil {
		return nil, err
	}
	d := &developer{catalog: records, cache: openCache(max(setup.Slots, 1), setup.Log)}
	return d.handle, nil
}

// handle develops one photo: it writes `<path>.thumb.jpg` (longest side 512 pixels, upright) and then
// `<path>.json` into the output folder, each whole or not at all, and then its row into the catalog,
// once. Neither file holds any of the photo's Exif, XMP or IPTC.
//
// A photo whose outputs are there and name the same content, and which the catalog knows, gives
// [worker.ErrAlreadyDone]. What no further attempt can change is [worker.Permanent]: a path outside
// the input folder, a file that is missing, empty, corrupt or of another format, one that is over the
// decoding bounds, and a name that is too long for its outputs.
// The setting decodeMiB (256) bounds what decoding one photo may allocate.
// handle returns soon after ctx ends and is safe for concurrent use, also on the same photo.
func (d *developer) handle(ctx context.Context, t worker.Task[Photo]) error {
	if t.Input == "" || t.Output == "" {
		return worker.Permanent(errors.New("develop needs folders.input and folders.output"))
	}
	bound, err := decodeBound(t.Settings)
	if err != nil {
		return worker.Permanent(err)
	}
	photo, err := openSource(ctx, t.Input, t.Payload.Path)
	if err != nil {
		return err
	}
	defer photo.close()
	out, err := openStore(t.Output)
	if err != nil {
		return err
	}
	defer out.close()

	recorded, isDone := out.metadata(photo.path)
	if isDone = isDone && recorded.SHA256 == photo.sha256; !isDone {
		if recorded, err = d.develop(ctx, photo, bound, out); err != nil {
			return err
		}
	}
	err = d.catalog.record(ctx, recorded, path.Dir(photo.path))
	switch {
	case err == nil && isDone && d.catalog == nil:
		return worker.ErrAlreadyDone
	case errors.Is(err, worker.ErrAlreadyDone) && !isDone:
		return nil // the files were gone, and are there again
	}
	return err
}

// develop makes the outputs of a photo, or takes them from the cache.
func (d *developer) develop(ctx context.Context, photo *source, bound int64, out *store) (metadata, error) {
	if facts, thumbnail, found := d.cache.developed(ctx, photo.sha256); found {
		facts.Input, facts.Thumbnail.File = photo.path, path.Base(thumbnailName(photo.path))
		return facts, out.save(photo.path, thumbnail, facts)
	}
	picture, err := photo.decode(ctx, bound)
	if err != nil {
		return metadata{}, err
	}
	thumbnail := picture.thumbnail()
	if err := ctx.Err(); err != nil {
		return metadata{}, err
	}
	encoded := thumbnails.Get().(*bytes.Buffer)
	defer thumbnails.Put(encoded)
	encoded.Reset()
	if err := encodeJPEG(encoded, thumbnail); err != nil {
		return metadata{}, fmt.Errorf("encode thumbnail: %w", err)
	}
	facts := describe(photo, picture, thumbnail, encoded.Len())
	if err := out.save(photo.path, encoded.Bytes(), facts); err != nil {
		return metadata{}, err
	}
	d.cache.keep(ctx, facts, encoded.Bytes())
	return facts, nil
}
