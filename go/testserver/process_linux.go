package testserver

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// nobody is the user that servers run as which refuse to run as root.
const nobody = 65534

// EndWithParent has a command that is not started yet killed when this process ends, where the system can.
func EndWithParent(command *exec.Cmd) {
	if command.SysProcAttr == nil {
		command.SysProcAttr = new(syscall.SysProcAttr)
	}
	command.SysProcAttr.Pdeathsig = syscall.SIGKILL
}

// dropRoot runs a command of root's as nobody, whose folder it becomes.
func dropRoot(t testing.TB, command *exec.Cmd, folder string) {
	t.Helper()
	if os.Getuid() != 0 {
		return
	}
	if err := os.Chown(folder, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
}
