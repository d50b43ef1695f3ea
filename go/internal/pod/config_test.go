package pod

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLoadConfigReadsTheFileThatIsNamed(t *testing.T) {
	load := func(path string) (*string, error) {
		text, err := os.ReadFile(path)
		content := string(text)
		return &content, err
	}
	folder := t.TempDir()
	named, absent := filepath.Join(folder, "named.json"), filepath.Join(folder, "absent.json")
	if err := os.WriteFile(named, []byte("named"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv(configVariable, named)
	if content, err := LoadConfig(load, absent); err != nil || *content != "named" {
		t.Errorf("loaded %q, %v", *content, err)
	}
	t.Setenv(configVariable, "")
	if content, err := LoadConfig(load, named); err != nil || *content != "named" {
		t.Errorf("loaded %q, %v", *content, err)
	}
	if _, err := LoadConfig(load, absent); err == nil || !strings.Contains(err.Error(), "Name another file by CAPSTAN_CONFIG") {
		t.Errorf("for no file it says %v", err)
	}
}
