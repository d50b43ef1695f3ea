package build

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"capstan/image/internal/gobuild"
	"capstan/image/internal/layout"
	"capstan/image/internal/ociimage"
	"capstan/image/internal/rootfs"
)

// Run builds the image and puts it at Options.Out, with a bill of materials per platform beside it. It blocks while
// go compiles, and while go fetches the toolchain or modules that are not there; ctx ends it. Nothing is left at
// Options.Out unless all of it was built and checked.
func Run(ctx context.Context, options Options) (Result, error) {
	started := time.Now()
	platforms, err := options.check()
	if err != nil {
		return Result{}, err
	}
	toolchain, err := prepare(ctx, options, platforms)
	if err != nil {
		return Result{}, err
	}
	binaries, err := compileAll(ctx, toolchain, options.App, platforms)
	if err != nil {
		return Result{}, err
	}
	images, err := assemble(options, platforms, binaries)
	if err != nil {
		return Result{}, err
	}
	index, err := ociimage.Index(images, options.Labels)
	if err != nil {
		return Result{}, err
	}
	bills, err := describe(options, images, binaries)
	if err != nil {
		return Result{}, err
	}
	if err := layout.Write(options.Out, index, options.Repository, options.Tag); err != nil {
		return Result{}, err
	}
	for _, one := range bills {
		if err := one.write(); err != nil {
			return Result{}, err
		}
	}
	return summarize(options, index, images, bills, time.Since(started))
}

// prepare finds out all that can be wrong before minutes are spent on compiling.
func prepare(ctx context.Context, options Options, platforms []v1.Platform) (*gobuild.Toolchain, error) {
	if err := errors.Join(gobuild.CheckSource(options.App), layout.CheckTarget(options.Out)); err != nil {
		return nil, err
	}
	toolchain, err := gobuild.Find(ctx, options.Toolchain)
	if err != nil {
		return nil, err
	}
	if runtime.Version() != options.Toolchain {
		return nil, fmt.Errorf("the image builder was compiled by %s, whose gzip may give other bytes than that of %s; compile it with GOTOOLCHAIN=%s",
			runtime.Version(), options.Toolchain, options.Toolchain)
	}
	for _, platform := range platforms {
		if err := toolchain.CheckMain(ctx, options.App, platform); err != nil {
			return nil, err
		}
	}
	return toolchain, nil
}

// compileAll returns the binaries in the order of the platforms, compiled side by side.
func compileAll(ctx context.Context, toolchain *gobuild.Toolchain, app string, platforms []v1.Platform) (binaries [][]byte, err error) {
	work, err := os.MkdirTemp("", "capstan-image-*")
	if err != nil {
		return nil, fmt.Errorf("folder for the binaries: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	binaries = make([][]byte, len(platforms))
	failures := make([]error, len(platforms))
	var running sync.WaitGroup
	for i, platform := range platforms {
		running.Go(func() {
			out := filepath.Join(work, platform.OS+"-"+platform.Architecture)
			if failures[i] = toolchain.Compile(ctx, app, platform, out); failures[i] == nil {
				binaries[i], failures[i] = os.ReadFile(out)
			}
		})
	}
	running.Wait()
	// The same code fails alike on every platform: the first says it.
	for _, failure := range failures {
		if failure != nil {
			return nil, failure
		}
	}
	return binaries, nil
}

func assemble(options Options, platforms []v1.Platform, binaries [][]byte) ([]ociimage.PlatformImage, error) {
	static, err := rootfs.Layer(rootfs.Static())
	if err != nil {
		return nil, err
	}
	images := make([]ociimage.PlatformImage, len(platforms))
	failures := make([]error, len(platforms))
	var running sync.WaitGroup
	for i, platform := range platforms {
		running.Go(func() {
			var binary v1.Layer
			if binary, failures[i] = rootfs.Layer(rootfs.Binary(options.Name, binaries[i])); failures[i] != nil {
				return
			}
			contents := ociimage.Contents{Static: static, Binary: binary}
			images[i].Platform = platform
			images[i].Image, failures[i] = ociimage.New(options.Name, platform, contents, options.Labels)
		})
	}
	running.Wait()
	return images, errors.Join(failures...)
}
