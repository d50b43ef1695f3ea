//go:build !linux

package testserver

import (
	"os/exec"
	"testing"
)

func endWithParent(*exec.Cmd) {}

func dropRoot(testing.TB, *exec.Cmd, string) {}
