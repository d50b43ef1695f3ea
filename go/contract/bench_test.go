package contract

import (
	"os"
	"testing"
)

func BenchmarkParse(b *testing.B) {
	document, err := os.ReadFile("testdata/valid.json")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Parse(document); err != nil {
			b.Fatal(err)
		}
	}
}
