package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"capstan/image/internal/distribution"
	"capstan/image/internal/layout"
)

func (p *program) pushCommand() *cobra.Command {
	var insecure bool
	cmd := &cobra.Command{
		Use:     "push LAYOUT REFERENCE",
		Short:   "Send an image to a registry and check that it arrived as it was",
		Example: "  image push out/images/develop localhost:5000/darkroom/develop:1f0c3a --insecure",
		Args:    cobra.ExactArgs(2),
		RunE: p.run(func(ctx context.Context, args []string) error {
			opened, err := layout.Open(args[0])
			if err != nil {
				return err
			}
			pushed, err := distribution.Push(ctx, opened, args[1], insecure)
			if err != nil {
				return err
			}
			return p.print(pushed, func(w io.Writer) error {
				_, err := fmt.Fprintf(w, "%s@%s\n", pushed.Reference, pushed.Digest)
				return err
			})
		}),
	}
	cmd.Flags().BoolVar(&insecure, "insecure", false, "allow plain http to a registry on a loopback address")
	return cmd
}

func (p *program) registryCommand() *cobra.Command {
	var listen string
	cmd := &cobra.Command{
		Use:     "registry",
		Short:   "Serve a registry in memory on a loopback address, for tests, until it is interrupted",
		Example: "  image registry --listen 127.0.0.1:5000",
		Args:    cobra.NoArgs,
		RunE: p.run(func(ctx context.Context, _ []string) error {
			return distribution.Serve(ctx, listen, func(address string) error {
				return p.print(map[string]string{"address": address}, func(w io.Writer) error {
					_, err := fmt.Fprintln(w, address)
					return err
				})
			})
		}),
	}
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:0", "loopback address and port; port 0 takes a free one")
	return cmd
}
