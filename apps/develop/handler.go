// Command develop turns photos into thumbnails and into metadata that tells
// nothing about who took them, where or with what.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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

// Handle develops one photo: it writes `<path>.thumb.jpg` (longest side 512
// pixels, upright) and then `<path>.json` into the output folder, each whole or
// not at all. Neither holds any of the photo's Exif, XMP or IPTC.
//
// A photo whose outputs are there and name the same content gives
// [worker.ErrAlreadyDone]. What no further attempt can change is
// [worker.Permanent]: a path outside the input folder, a file that is missing,
// empty, corrupt or of another format, one that is over the decoding bounds, and
// a name that is too long for its outputs.
// The setting decodeMiB (256) bounds what decoding one photo may allocate.
// Handle returns soon after ctx ends and is safe for concurrent use, also on the
// same photo.
func Handle(ctx context.Context, t worker.Task[Photo]) error {
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

	if recorded, ok := out.metadata(photo.path); ok && recorded.SHA256 == photo.sha256 {
		return worker.ErrAlreadyDone
	}
	picture, err := photo.decode(ctx, bound)
	if err != nil {
		return err
	}
	thumbnail := picture.thumbnail()
	if err := ctx.Err(); err != nil {
		return err
	}
	encoded := thumbnails.Get().(*bytes.Buffer)
	defer thumbnails.Put(encoded)
	encoded.Reset()
	if err := encodeJPEG(encoded, thumbnail); err != nil {
		return fmt.Errorf("encode thumbnail: %w", err)
	}
	facts := describe(photo, picture, thumbnail, encoded.Len())
	return out.save(photo.path, encoded.Bytes(), facts)
}
