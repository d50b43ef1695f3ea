//go:build !linux

package testserver

import (
	"os/exec"
	"testing"
)

// EndWithParent has a command that is not started yet killed when this process ends, where the system can.
func EndWithParent(*exec.Cmd) {}

func dropRoot(testing.TB, *exec.Cmd, string) {}
