package durable

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWriteFileReplacesTheWholeContent(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "record.json")
	for _, content := range []string{"a long first content", "short"} {
		if err := WriteFile(path, []byte(content)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != content {
			t.Fatalf("read %q, %v; want %q", got, err, content)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o644 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	if err := SyncFolder(folder); err != nil {
		t.Fatal(err)
	}
}

func TestWriteFileFailsWithoutATrace(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "taken")
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(path, []byte("x")); err == nil || !strings.Contains(err.Error(), path) {
		t.Fatalf("error %v, want the path", err)
	}
	if err := WriteFile(filepath.Join(folder, "missing", "file"), nil); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Fatalf("error %v, want the path", err)
	}
	left, err := os.ReadDir(folder)
	if err != nil || len(left) != 1 {
		t.Fatalf("left %v, %v; want nothing but the folder", left, err)
	}
	if err := SyncFolder(filepath.Join(folder, "missing")); err == nil {
		t.Fatal("synced a missing folder")
	}
}
