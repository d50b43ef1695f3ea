// Command images brings images to a cluster on this machine: it packs a folder into an image, serves a registry on
// loopback, and sends images there under the names that manifests have for them.
//
//	images pack --root FOLDER --out LAYOUT [--user UID:GID] [--entrypoint PATH] [--env NAME=VALUE]...
//	images registry --listen 127.0.0.1:PORT --folder FOLDER
//	images push --to 127.0.0.1:PORT LAYOUT NAME:TAG...
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

func main() {
	if len(os.Args) < 2 {
		fail(fmt.Errorf("want pack, registry or push"))
	}
	commands := map[string]func([]string) error{"pack": pack, "registry": serve, "push": push}
	command, ok := commands[os.Args[1]]
	if !ok {
		fail(fmt.Errorf("want pack, registry or push, got %q", os.Args[1]))
	}
	if err := command(os.Args[2:]); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintf(os.Stderr, "images: %v\n", err)
	os.Exit(1)
}

// values is a flag that may be given several times.
type values []string

func (v *values) String() string { return strings.Join(*v, ",") }

func (v *values) Set(value string) error {
	*v = append(*v, value)
	return nil
}

func pack(args []string) error {
	flags := flag.NewFlagSet("pack", flag.ExitOnError)
	root := flags.String("root", "", "folder with the files of the image")
	out := flags.String("out", "", "folder for the OCI layout")
	var config settings
	flags.StringVar(&config.user, "user", "65532:65532", "user and group that it runs as")
	flags.Var(&config.env, "env", "NAME=VALUE")
	flags.Var(&config.entrypoint, "entrypoint", "program and arguments")
	if err := flags.Parse(args); err != nil {
		return err
	}
	return packFolder(*root, *out, config)
}

func serve(args []string) error {
	flags := flag.NewFlagSet("registry", flag.ExitOnError)
	listen := flags.String("listen", "127.0.0.1:0", "address")
	folder := flags.String("folder", "", "folder for what is sent to it")
	if err := flags.Parse(args); err != nil {
		return err
	}
	return serveRegistry(*listen, *folder)
}

func push(args []string) error {
	flags := flag.NewFlagSet("push", flag.ExitOnError)
	to := flags.String("to", "", "address of the registry")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() < 2 {
		return fmt.Errorf("push wants a layout and the names of the image")
	}
	for _, wanted := range flags.Args()[1:] {
		if err := pushLayout(flags.Arg(0), *to, wanted); err != nil {
			return fmt.Errorf("%s: %w", wanted, err)
		}
	}
	return nil
}
