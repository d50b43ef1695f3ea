package worker_test

import (
	"os"
	"regexp"
	"testing"

	"capstan/contract"
)

// The contract that docs/runtime.md shows is one.
func TestDocumentedContract(t *testing.T) {
	page, err := os.ReadFile("../../docs/runtime.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```json\n(.*?)```").FindAllSubmatch(page, -1)
	if len(blocks) == 0 {
		t.Fatal("docs/runtime.md shows no contract")
	}
	for _, block := range blocks {
		if _, err := contract.Parse(block[1]); err != nil {
			t.Errorf("%v\n%s", err, block[1])
		}
	}
}
