package queuetest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"capstan/queue"
)

// CheckCapabilities holds what a driver declares to contract/queues.json, which synth reads.
func CheckCapabilities(t *testing.T, driver string, declared queue.Capabilities) {
	t.Helper()
	text, err := os.ReadFile(contractFile(t, "queues.json"))
	if err != nil {
		t.Fatal(err)
	}
	table := make(map[string]queue.Capabilities)
	if err := json.Unmarshal(text, &table); err != nil {
		t.Fatal(err)
	}
	if listed, found := table[driver]; !found || listed != declared {
		t.Errorf("contract/queues.json has %+v (found: %v) for %s, the driver declares %+v. Make them agree, then `npm run generate`",
			listed, found, driver, declared)
	}
}

// contractFile looks for the folder contract from the test's own upwards.
func contractFile(t *testing.T, name string) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		file := filepath.Join(folder, "contract", name)
		if _, err := os.Stat(file); err == nil {
			return file
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			t.Fatalf("no contract/%s above the test", name)
		}
		folder = parent
	}
}
