package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"capstan/image/internal/build"
	"capstan/image/internal/gobuild"
)

func (p *program) buildCommand() *cobra.Command {
	var options build.Options
	cmd := &cobra.Command{
		Use:   "build",
		Short: "Compile an app and put its image into an OCI image layout",
		Example: `  image build --app apps/develop --name develop --repository localhost:5000/darkroom/develop \
    --tag 1f0c3a --revision sha256:1f0c3a… --toolchain go1.26.8 --out out/images/develop`,
		Args: cobra.NoArgs,
		RunE: p.run(func(ctx context.Context, _ []string) error {
			options.App = fromHere(options.App)
			result, err := build.Run(ctx, options)
			if err != nil {
				return err
			}
			return p.print(result, func(w io.Writer) error { return writeBuilt(w, result) })
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&options.App, "app", "", "folder of the Go module whose main package is built")
	flags.StringVar(&options.Name, "name", "", "name of the binary; it lies at /NAME")
	flags.StringVar(&options.Repository, "repository", "", "name of the image without a tag")
	flags.StringVar(&options.Tag, "tag", "", "tag of the image")
	flags.StringVar(&options.Out, "out", "", "folder of the layout: a new one or one of an earlier build")
	flags.StringVar(&options.Toolchain, "toolchain", "", "exact version of Go, such as go1.26.8")
	flags.StringSliceVar(&options.Platforms, "platform", gobuild.Platforms(), "platforms to build for")
	flags.StringVar(&options.Labels.Revision, "revision", "", "hash of what the image is made of")
	flags.StringVar(&options.Labels.Title, "title", "", "title for people")
	flags.StringVar(&options.Labels.Description, "description", "", "description for people")
	flags.StringVar(&options.Labels.Licenses, "licenses", "", "SPDX licence expression")
	flags.StringVar(&options.Labels.Source, "source", "", "URL of the source code")
	flags.StringVar(&options.Labels.Version, "version", "", "version of the app")
	required(cmd, "app", "name", "repository", "tag", "out", "toolchain", "revision")
	return cmd
}

// fromHere shortens the absolute path of a folder below the working folder, for the reader of an error.
func fromHere(dir string) string {
	here, err := os.Getwd()
	if err != nil || !filepath.IsAbs(dir) {
		return dir
	}
	relative, err := filepath.Rel(here, dir)
	if err != nil || !filepath.IsLocal(relative) {
		return dir
	}
	return relative
}

func writeBuilt(w io.Writer, result build.Result) error {
	if _, err := fmt.Fprintf(w, "%s:%s@%s\n", result.Repository, result.Tag, result.Digest); err != nil {
		return err
	}
	for _, one := range result.Platforms {
		if _, err := fmt.Fprintf(w, "  %-12s %s  %s  %s\n", one.Platform, one.Digest, megabytes(one.CompressedBytes), one.SBOM); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "in %s, %.1f s\n", result.Layout, result.Seconds)
	return err
}

func megabytes(bytes int64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/1e6) }
