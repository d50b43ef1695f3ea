package durable_test

import (
	"fmt"
	"os"
	"path/filepath"

	"capstan/durable"
)

// A file that is there as a whole, or as it was before, whatever happens to the machine.
func ExampleWriteFile() {
	folder, err := os.MkdirTemp("", "durable-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "thumbnail.jpg")
	for _, text := range []string{"first", "second"} {
		if err := durable.WriteFile(path, []byte(text)); err != nil {
			panic(err)
		}
	}
	text, err := os.ReadFile(path)
	fmt.Println(string(text), err)
	// Output: second <nil>
}
