// Package cli is the command line: flags in, calls of the other packages, JSON or text out.
package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"capstan/image/internal/mistake"
)

// Exit codes of the program.
const (
	exitDone    = 0
	exitFailed  = 1
	exitMistake = 2
)

// program is what the commands share.
type program struct {
	stdout io.Writer
	asJSON bool
	// started tells that the arguments were in order; every error before that is a mistake of the user.
	started bool
}

// Run runs a command and returns its exit code: 0 done, 1 failed, 2 the user's input is wrong. The result goes to
// stdout, an error to stderr. It blocks until the command is done or ctx ends.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	p := &program{stdout: stdout}
	root := &cobra.Command{
		Use:           "image",
		Short:         "Builds, inspects, pushes and unpacks the OCI images of Go workers",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().BoolVar(&p.asJSON, "json", false, "print the result as JSON")
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(p.buildCommand(), p.inspectCommand(), p.pushCommand(), p.unpackCommand(), p.registryCommand())
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	if _, failure := fmt.Fprintln(stderr, err); failure != nil {
		return exitFailed
	}
	if !p.started || mistake.Is(err) {
		return exitMistake
	}
	return exitFailed
}

// run wraps the body of a command, which begins once the arguments are in order.
func (p *program) run(body func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		p.started = true
		return body(cmd.Context(), args)
	}
}

// print writes a result: as one JSON document, or by text for a reader.
func (p *program) print(result any, text func(w io.Writer) error) error {
	if !p.asJSON {
		return text(p.stdout)
	}
	encoder := json.NewEncoder(p.stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(result)
}

// required marks flags that have no default. It panics on a flag that was not defined, a slip of the programmer.
func required(cmd *cobra.Command, flags ...string) {
	for _, flag := range flags {
		if err := cmd.MarkFlagRequired(flag); err != nil {
			panic(err)
		}
	}
}
