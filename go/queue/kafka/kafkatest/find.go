package kafkatest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// script prints the folder of Kafka's jars, and fetches them the first time.
const script = "tools/servers/kafka.sh"

// find gives the folder of Kafka's jars, skips the test with a line where they are not at hand,
// and fails it in CI.
func find(t testing.TB) string {
	t.Helper()
	jars, err := locate()
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skipf("skipped: %v", err)
	}
	return jars
}

var locate = sync.OnceValues(func() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, script)); err == nil {
			break
		}
		if folder == filepath.Dir(folder) {
			return "", fmt.Errorf("no Kafka: there is no %s above", script)
		}
		folder = filepath.Dir(folder)
	}
	var stdout, stderr bytes.Buffer
	command := exec.Command(filepath.Join(folder, script))
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("%s%s: %s: %w", stdout.String(), stderr.String(), script, err)
	}
	return strings.TrimSpace(stdout.String()), nil
})
