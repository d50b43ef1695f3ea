// Command image builds the OCI image of a Go worker without a container daemon, a base image or a registry, and
// inspects, pushes and unpacks what it built. Equal inputs give equal bytes.
//
// Exit codes: 0 done, 2 the user's input is wrong (the code does not compile, a flag is missing), 1 anything else.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"capstan/image/internal/cli"
)

func main() {
	os.Exit(run())
}

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return cli.Run(ctx, os.Args[1:], os.Stdout, os.Stderr)
}
