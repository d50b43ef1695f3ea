// Command hello waits for SIGTERM. It stands for a worker in the tests of the image builder.
package main

import (
	"fmt"
	"os"

	"runtime.test"
)

func main() {
	fmt.Println("hello from", os.Getuid(), os.Getgid())
	fmt.Println("ended by", runtime.WaitForSignal())
}
