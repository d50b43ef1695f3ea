package queue

import (
	"strings"
	"testing"
)

func FuzzRecordKey(f *testing.F) {
	for _, pair := range [][2]string{
		{"a/b", "a%2Fb"}, {".a", "%2Ea"}, {"~", "%7E"}, {strings.Repeat("x", 300), strings.Repeat("x", 301)}, {"", "."},
		{strings.Repeat("/", 100), strings.Repeat("/", 101)},
	} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := recordKey(a), recordKey(b)
		if (a == b) != (x == y) {
			t.Errorf("ids %q and %q have the keys %q and %q", a, b, x, y)
		}
		if len(x) > longestKey || strings.ContainsAny(x, "/\x00") || strings.HasPrefix(x, ".") {
			t.Errorf("key %q of %q is no safe file name", x, a)
		}
	})
}
