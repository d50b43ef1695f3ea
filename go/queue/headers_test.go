package queue

import (
	"maps"
	"testing"
)

func FuzzPackedHeadersComeBack(f *testing.F) {
	f.Add("traceparent", "00-1-2-01", "b3", "0")
	f.Add("", "", "a\x00b", "\xff\n")
	f.Fuzz(func(t *testing.T, name, value, second, secondValue string) {
		headers := map[string]string{name: value, second: secondValue}
		if got := pack(headers).unpack(); !maps.Equal(got, headers) {
			t.Errorf("%q came back as %q", headers, got)
		}
	})
}
