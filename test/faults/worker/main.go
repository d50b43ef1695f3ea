// The worker of the fault suite: the runtime as programs use it, with a handler that notes its
// effects on disk, and with the faults that its environment asks for.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"capstan/contract"
	"capstan/test/faults/agreement"
	"capstan/worker"
)

const configVariable = "CAPSTAN_CONFIG"

func main() {
	var err error
	switch os.Getenv(agreement.Mutant) {
	case agreement.UnboundedPool:
		err = unbind()
	case agreement.IgnoredSIGTERM:
		err = runDeaf()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	worker.Main(build, drivers()...)
}

// manySlots is more than any test keeps busy.
const manySlots = 64

// unbind is a mutant: it makes the pool as large as the tasks that come.
func unbind() error {
	config, err := contract.Load(os.Getenv(configVariable))
	if err != nil {
		return err
	}
	config.Pool.Slots = manySlots
	if source := config.Source.Jetstream; source != nil {
		// A contract with more is refused.
		config.Pool.Slots = min(manySlots, source.MaxAckPending-config.Fetch.MaxPrefetch)
	}
	text, err := json.Marshal(config)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "unbounded-")
	if err != nil {
		return err
	}
	path := filepath.Join(folder, "worker.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return err
	}
	return os.Setenv(configVariable, path)
}

// runDeaf is a mutant: nothing but SIGKILL ends it.
func runDeaf() error {
	signal.Ignore(syscall.SIGTERM)
	config, err := contract.Load(os.Getenv(configVariable))
	if err != nil {
		return err
	}
	_, err = worker.Run(context.Background(), config, build, worker.Options{Drivers: drivers()})
	return err
}
