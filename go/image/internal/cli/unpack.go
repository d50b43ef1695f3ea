package cli

import (
	"context"
	"fmt"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/spf13/cobra"

	"capstan/image/internal/layout"
	"capstan/image/internal/mistake"
	"capstan/image/internal/unpack"
)

func (p *program) unpackCommand() *cobra.Command {
	var platformText, out string
	cmd := &cobra.Command{
		Use:   "unpack LAYOUT",
		Short: "Lay out the root filesystem of one platform, and print the image's configuration as JSON",
		Long: "Lay out the root filesystem of one platform, and print the image's configuration as JSON.\n" +
			"Modes and times are those of the image; owners too when run as root.",
		Example: "  image unpack out/images/develop --platform linux/amd64 --out bundle/rootfs",
		Args:    cobra.ExactArgs(1),
		RunE: p.run(func(_ context.Context, args []string) error {
			platform, err := v1.ParsePlatform(platformText)
			if err != nil || strings.Count(platformText, "/") == 0 {
				return mistake.New("platform must be system/architecture such as linux/amd64, got %q", platformText)
			}
			opened, err := layout.Open(args[0])
			if err != nil {
				return err
			}
			return p.unpack(opened, *platform, out)
		}),
	}
	cmd.Flags().StringVar(&platformText, "platform", "", "platform to unpack, such as linux/amd64")
	cmd.Flags().StringVar(&out, "out", "", "folder for the root filesystem: a new or an empty one")
	required(cmd, "platform", "out")
	return cmd
}

func (p *program) unpack(opened layout.Layout, platform v1.Platform, out string) error {
	image, err := opened.Image(platform)
	if err != nil {
		return err
	}
	config, err := image.RawConfigFile()
	if err != nil {
		return fmt.Errorf("configuration of the image: %w", err)
	}
	if err := unpack.Image(image, out); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s\n", config)
	return err
}
