package rootfs

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
)

// Walk calls visit for every entry of the root filesystem that the image's layers make together, upper layers first.
// The content is readable until visit returns. A path that leads out of the root is an error; a link that does is
// left out.
func Walk(image v1.Image, visit func(header *tar.Header, content io.Reader) error) (err error) {
	flat := mutate.Extract(image)
	defer func() { err = errors.Join(err, flat.Close()) }()
	for archive := tar.NewReader(flat); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("root filesystem: %w", err)
		}
		if err := visit(header, archive); err != nil {
			return fmt.Errorf("root filesystem: %s: %w", header.Name, err)
		}
	}
	// The library ends the archive in good order even where it gave up, and tells why only after that.
	if _, err := io.Copy(io.Discard, flat); err != nil {
		return fmt.Errorf("root filesystem: %w", err)
	}
	return nil
}
