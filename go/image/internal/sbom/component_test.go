package sbom

import (
	"runtime/debug"
	"testing"
)

func TestModulesAreNamedByWhatWasLinked(t *testing.T) {
	const sum = "h1:JdU0squ73hT0G45GVKzZ8KXS8ImiFuPHAA36aWaCfMM="
	cases := map[string]struct {
		module  debug.Module
		url     string
		hasHash bool
	}{
		"a version": {
			debug.Module{Path: "example.test/a/b", Version: "v1.2.3", Sum: sum},
			"pkg:golang/example.test/a/b@v1.2.3", true,
		},
		"an incompatible version": {
			debug.Module{Path: "example.test/a", Version: "v2.0.0+incompatible", Sum: sum},
			"pkg:golang/example.test/a@v2.0.0%2Bincompatible", true,
		},
		"a fork": {
			debug.Module{Path: "example.test/a", Version: "v1.0.0", Replace: &debug.Module{Path: "fork.test/a", Version: "v1.0.1", Sum: sum}},
			"pkg:golang/fork.test/a@v1.0.1", true,
		},
		"a folder": {
			debug.Module{Path: "example.test/a", Version: "v0.0.0", Replace: &debug.Module{Path: "../../a", Version: "(devel)"}},
			"pkg:golang/example.test/a", false,
		},
	}
	for name, one := range cases {
		t.Run(name, func(t *testing.T) {
			got := moduleComponent(&one.module)
			if got.PackageURL != one.url || (got.Hashes != nil) != one.hasHash {
				t.Errorf("got %s, hashes %v", got.PackageURL, got.Hashes)
			}
		})
	}
}

func TestDescribeFailsOnWhatIsNoGoBinary(t *testing.T) {
	if _, err := Describe(Image{Name: "hello", Binary: []byte("#!/bin/sh\n")}); err == nil {
		t.Error("no error")
	}
}
