// Package metricsdoc holds docs/metrics.md to the metrics that programs register. For tests only.
package metricsdoc

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

// row is a line of the table: name, type, labels, what it says.
var row = regexp.MustCompile("^\\| `(capstan_[a-z_]+)`\\s*\\| (\\S+)\\s*\\| (.*?)\\s*\\| (.*?)\\s*\\|$")

// Check fails the test unless the rows below the heading are what the registry holds, that of Go and
// the process left out.
func Check(t *testing.T, heading string, registry prometheus.Gatherer) {
	t.Helper()
	documented := section(t, heading)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var registered []string
	for _, family := range families {
		if !strings.HasPrefix(family.GetName(), "capstan_") {
			continue
		}
		var labels []string
		for _, pair := range family.Metric[0].Label {
			if name := pair.GetName(); name != "worker" && name != "service" {
				labels = append(labels, "`"+name+"`")
			}
		}
		registered = append(registered, strings.Join([]string{
			family.GetName(), strings.ToLower(family.GetType().String()), strings.Join(labels, ", "), family.GetHelp(),
		}, " | "))
	}
	slices.Sort(registered)
	for _, it := range documented {
		if !slices.Contains(registered, it) {
			t.Errorf("docs/metrics.md, %q: nothing like it is registered: %s", heading, it)
		}
	}
	for _, it := range registered {
		if !slices.Contains(documented, it) {
			t.Errorf("docs/metrics.md, %q: this is missing: %s", heading, it)
		}
	}
}

func section(t *testing.T, heading string) []string {
	t.Helper()
	text, err := os.ReadFile(documentPath(t))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "\n## "+heading+"\n")
	if !found {
		t.Fatalf("docs/metrics.md has no heading %q", heading)
	}
	rest, _, _ = strings.Cut(rest, "\n## ")
	var rows []string
	for line := range strings.Lines(rest) {
		if cells := row.FindStringSubmatch(strings.TrimSpace(line)); cells != nil {
			rows = append(rows, strings.Join(cells[1:], " | "))
		}
	}
	return rows
}

// documentPath is that of docs/metrics.md, above the package under test.
func documentPath(t *testing.T) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; folder != filepath.Dir(folder); folder = filepath.Dir(folder) {
		path := filepath.Join(folder, "docs", "metrics.md")
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	t.Fatal("no docs/metrics.md above this package")
	return ""
}
