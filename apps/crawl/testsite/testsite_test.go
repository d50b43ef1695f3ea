package testsite_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"crawl/testsite"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, o testsite.Options) *testsite.Site {
	t.Helper()
	site, err := testsite.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := site.Close(); err != nil {
			t.Error(err)
		}
	})
	return site
}

// paths is a truth without the port, which differs each time.
func paths(site *testsite.Site) testsite.Truth {
	cut := func(url string) string { return strings.TrimPrefix(url, strings.TrimSuffix(site.URL(), "/")) }
	truth := site.Truth()
	out := testsite.Truth{}
	for _, url := range truth.Pages {
		out.Pages = append(out.Pages, cut(url))
	}
	for _, b := range truth.Broken {
		b.URL, b.From = cut(b.URL), cut(b.From)
		out.Broken = append(out.Broken, b)
	}
	return out
}

func TestTheSameOptionsGiveTheSameSite(t *testing.T) {
	o := testsite.Options{Pages: 80, Broken: 0.1, Redirects: 4, Seed: 9}
	first, second := paths(start(t, o)), paths(start(t, o))
	if !reflect.DeepEqual(first, second) {
		t.Error("two sites of the same options differ")
	}
	o.Seed = 10
	if reflect.DeepEqual(first, paths(start(t, o))) {
		t.Error("another seed changed nothing")
	}
	if len(first.Broken) != 8 || len(first.Pages) != 84 {
		t.Errorf("%d broken links and %d pages, want 8 and 84", len(first.Broken), len(first.Pages))
	}
}

func TestEveryURLAnswersAsTheTruthSays(t *testing.T) {
	site := start(t, testsite.Options{Pages: 30, Broken: 0.4, Redirects: 3})
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	status := func(url string) int {
		response, err := client.Get(url)
		if err != nil {
			return 0 // a redirect loop
		}
		response.Body.Close()
		return response.StatusCode
	}
	for _, url := range site.Truth().Pages {
		if got := status(url); got != http.StatusOK {
			t.Errorf("%s answers %d, want 200", url, got)
		}
	}
	for _, b := range site.Truth().Broken {
		if got := status(b.URL); got != b.Status {
			t.Errorf("%s answers %d, want %d", b.URL, got, b.Status)
		}
	}
}

func TestStartFailsForAShareOverOne(t *testing.T) {
	if _, err := testsite.Start(testsite.Options{Broken: 1.5}); err == nil {
		t.Error("accepted")
	}
}
