package worker_test

import (
	"os"
	"regexp"
	"testing"

	"capstan/contract"
)

// The documents that the pages show are such: a worker's contract and its live settings, and a service's contract.
func TestDocumentedContracts(t *testing.T) {
	shown := documents(t, "../../docs/runtime.md", 2)
	config, err := contract.Parse(shown[0])
	if err != nil {
		t.Fatalf("%v\n%s", err, shown[0])
	}
	if _, err := contract.ParseLive(config, shown[1]); err != nil {
		t.Errorf("%v\n%s", err, shown[1])
	}
	service := documents(t, "../../docs/service.md", 1)[0]
	if _, err := contract.ParseService(service); err != nil {
		t.Errorf("%v\n%s", err, service)
	}
}

// documents are the JSON documents of a page, which has to have so many.
func documents(t *testing.T, path string, want int) (found [][]byte) {
	t.Helper()
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range regexp.MustCompile("(?s)```json\n(.*?)```").FindAllSubmatch(page, -1) {
		found = append(found, block[1])
	}
	if len(found) != want {
		t.Fatalf("%s shows %d JSON documents, want %d", path, len(found), want)
	}
	return found
}
