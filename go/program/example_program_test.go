package program

import (
	"context"
	"fmt"
	"os"
	"os/exec"
)

// isExample is set where this test binary is to be the program of the example.
const isExample = "CAPSTAN_TEST_EXAMPLE"

func tail(_ context.Context, setup Setup) error {
	setup.Ready()
	fmt.Println(setup.Name, "is ready")
	return nil // at the latest when the context ends
}

// A program with probes and metrics, whose main consists of `program.Main("tail", tail)`. As Main ends its
// process, that is one of its own here.
func ExampleMain() {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	child := exec.Command(self)
	child.Env = append(os.Environ(), isExample+"=1", portVariable+"=0")
	said, err := child.Output()
	fmt.Print(string(said))
	fmt.Println("exit code", child.ProcessState.ExitCode(), err)
	// Output:
	// tail is ready
	// exit code 0 <nil>
}
