package durable

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func openRoot(t *testing.T) (*os.Root, string) {
	t.Helper()
	folder := t.TempDir()
	root, err := os.OpenRoot(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	return root, folder
}

func text(content string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, content)
		return err
	}
}

func wantOnly(t *testing.T, folder, name, content string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 1 || entries[0].Name() != name {
		t.Fatalf("found %v, %v; want %s alone", entries, err, name)
	}
	if got, err := os.ReadFile(filepath.Join(folder, name)); err != nil || string(got) != content {
		t.Fatalf("read %q, %v; want %q", got, err, content)
	}
}

func TestWriteReplacesTheWholeContent(t *testing.T) {
	root, folder := openRoot(t)
	for _, content := range []string{"a long first content", "short"} {
		if err := Write(root, "photo.jpg", text(content)); err != nil {
			t.Fatal(err)
		}
		wantOnly(t, folder, "photo.jpg", content)
	}
}

func TestWriteFailsWithoutATrace(t *testing.T) {
	root, folder := openRoot(t)
	if err := Write(root, "photo.jpg", text("kept")); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("the sender is gone")
	err := Write(root, "photo.jpg", func(w io.Writer) error { return errors.Join(text("half")(w), broken) })
	if !errors.Is(err, broken) {
		t.Fatalf("error %v, want what fill said", err)
	}
	wantOnly(t, folder, "photo.jpg", "kept")
	if err := Write(root, "missing/photo.jpg", text("x")); err == nil {
		t.Fatal("wrote into a folder that is not there")
	}
	if err := Write(root, "../photo.jpg", text("x")); err == nil {
		t.Fatal("wrote out of the root")
	}
	wantOnly(t, folder, "photo.jpg", "kept")
}
