package cli

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"capstan/image/internal/inspect"
	"capstan/image/internal/layout"
)

func (p *program) inspectCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "inspect LAYOUT",
		Short:   "Show digests, settings, annotations and files of an image layout",
		Example: "  image inspect out/images/develop",
		Args:    cobra.ExactArgs(1),
		RunE: p.run(func(_ context.Context, args []string) error {
			opened, err := layout.Open(args[0])
			if err != nil {
				return err
			}
			report, err := inspect.Describe(opened)
			if err != nil {
				return err
			}
			return p.print(report, func(w io.Writer) error { return writeReport(w, report) })
		}),
	}
}

func writeReport(w io.Writer, report inspect.Report) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	var text strings.Builder
	fmt.Fprintf(&text, "index\t%s\ntag\t%s\n", report.Digest, report.Tag)
	writeAnnotations(&text, report.Annotations)
	for _, one := range report.Platforms {
		fmt.Fprintf(&text, "\n%s\t%s\ncompressed\t%s\nuser\t%s\nentrypoint\t%s\nfolder\t%s\n",
			one.Platform, one.Digest, megabytes(one.CompressedBytes), one.User, strings.Join(one.Entrypoint, " "), one.WorkingDir)
		for _, file := range one.Files {
			fmt.Fprintf(&text, "%s\t%d:%d\t%d\t%s\n", file.Mode, file.UID, file.GID, file.Bytes, file.Path)
		}
	}
	if _, err := io.WriteString(table, text.String()); err != nil {
		return err
	}
	return table.Flush()
}

func writeAnnotations(text *strings.Builder, annotations map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(annotations)) {
		fmt.Fprintf(text, "%s\t%s\n", name, annotations[name])
	}
}
