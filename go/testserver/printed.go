package testserver

import (
	"io"
	"os"
	"testing"
)

// Prints fails the test unless do prints want on standard output: examples that need a server are run by a
// test, which starts one. No other test may print meanwhile.
func Prints(t testing.TB, do func(), want string) {
	t.Helper()
	if got := printed(t, do); got != want {
		t.Errorf("printed\n%s, want\n%s", got, want)
	}
}

func printed(t testing.TB, do func()) string {
	t.Helper()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	said := make(chan string)
	go func() {
		text, _ := io.ReadAll(reader)
		said <- string(text)
	}()
	stdout := os.Stdout
	os.Stdout = writer
	func() {
		defer func() { os.Stdout = stdout }()
		do()
	}()
	_ = writer.Close()
	text := <-said
	_ = reader.Close()
	return text
}
