// Package build makes the image of an app: it compiles the binary for each platform and puts it into a layout.
package build

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"capstan/image/internal/gobuild"
	"capstan/image/internal/mistake"
	"capstan/image/internal/ociimage"
)

// Options say what to build. All but Labels are required; of Labels the revision is.
type Options struct {
	// App is the folder of a Go module whose main package becomes the image.
	App string
	// Name of the binary, which lies at /Name.
	Name string
	// Repository is the image's full name without a tag, such as localhost:5000/darkroom/develop.
	Repository string
	Tag        string
	// Out is the folder of the layout: a new one, or one that an earlier build wrote.
	Out string
	// Toolchain is one exact version of Go, such as go1.26.8. This program must be compiled by the same.
	Toolchain string
	// Platforms such as linux/amd64, each once.
	Platforms []string
	Labels    ociimage.Labels
}

// A DNS label, so that it can name a container as well, and no folder that every image has.
var binaryName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)

var reservedNames = []string{"dev", "etc", "proc", "sys", "tmp"}

// check returns the platforms, or every mistake in the options.
func (o Options) check() ([]v1.Platform, error) {
	platforms, platformErr := parsePlatforms(o.Platforms)
	problems := []error{
		o.checkName(),
		o.checkReference(),
		gobuild.CheckVersion(o.Toolchain),
		platformErr,
	}
	if o.Out == "" {
		problems = append(problems, mistake.New("out must name the folder of the image layout, got nothing"))
	}
	if o.Labels.Revision == "" {
		problems = append(problems, mistake.New("revision must be the hash of the image's inputs, got nothing"))
	}
	return platforms, errors.Join(problems...)
}

func (o Options) checkName() error {
	if !binaryName.MatchString(o.Name) || slices.Contains(reservedNames, o.Name) {
		return mistake.New("name must be lower-case letters, digits and dashes, at most 63, and no folder of the image (%s), got %q",
			strings.Join(reservedNames, ", "), o.Name)
	}
	return nil
}

func (o Options) checkReference() error {
	if _, err := name.NewRepository(o.Repository, name.StrictValidation); err != nil {
		return mistake.New("repository must be a registry and a name such as localhost:5000/darkroom/develop, got %q: %v", o.Repository, err)
	}
	if _, err := name.NewTag(o.Repository+":"+o.Tag, name.StrictValidation); err != nil {
		return mistake.New("tag must be letters, digits, dots, dashes and underscores, got %q", o.Tag)
	}
	return nil
}

func parsePlatforms(texts []string) ([]v1.Platform, error) {
	known := gobuild.Platforms()
	if len(texts) == 0 {
		return nil, mistake.New("platform must name one or more of %s, got none", strings.Join(known, ", "))
	}
	var platforms []v1.Platform
	for i, text := range texts {
		if !slices.Contains(known, text) || slices.Contains(texts[:i], text) {
			return nil, mistake.New("platform must be of %s, each once, got %s", strings.Join(known, ", "), strings.Join(texts, ","))
		}
		system, architecture, _ := strings.Cut(text, "/")
		platforms = append(platforms, v1.Platform{OS: system, Architecture: architecture})
	}
	return platforms, nil
}
