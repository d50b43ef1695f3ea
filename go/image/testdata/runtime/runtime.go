// Package runtime stands for the module that an app takes from a folder.
package runtime

import (
	"os"
	"os/signal"
	"syscall"
)

// WaitForSignal blocks until the process is asked to end.
func WaitForSignal() os.Signal {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM)
	return <-asked
}
