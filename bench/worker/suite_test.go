package main

import (
	"regexp"
	"testing"
)

func TestSuitesOfOnceAreAllThatRunOnce(t *testing.T) {
	all := regexp.MustCompile("")
	once, wanted := suitesOf(all, true), 0
	for _, s := range suites() {
		if s.once {
			wanted++
		}
	}
	for _, s := range once {
		if !s.once {
			t.Errorf("%s runs in every round", s.name)
		}
	}
	if wanted == 0 || len(once) != wanted || len(suitesOf(all, false)) != len(suites()) {
		t.Errorf("%d suites that run once of %d, got %d", wanted, len(suites()), len(once))
	}
}

func TestSuitesOfAPatternAreThoseOfItsNames(t *testing.T) {
	for _, once := range []bool{false, true} {
		for _, s := range suitesOf(regexp.MustCompile("^sig"), once) {
			if s.name != "sigterm" && s.name != "sigkill" {
				t.Errorf("once %t: got %s", once, s.name)
			}
		}
	}
	if got := suitesOf(regexp.MustCompile("^noop$"), true); len(got) != 0 {
		t.Errorf("noop runs in every round, got %v", got[0].name)
	}
}
