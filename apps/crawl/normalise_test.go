package main

import (
	"errors"
	"net/url"
	"strings"
	"testing"
)

func TestNormaliseGivesEqualLinksOneForm(t *testing.T) {
	base, err := url.Parse("http://site.test/dir/page?q=1")
	if err != nil {
		t.Fatal(err)
	}
	for link, want := range map[string]string{
		"":                               "http://site.test/dir/page?q=1",
		"#part":                          "http://site.test/dir/page?q=1",
		"other":                          "http://site.test/dir/other",
		"../up":                          "http://site.test/up",
		"../../../up":                    "http://site.test/up",
		"/a/./b/../c":                    "http://site.test/a/c",
		"?q=2":                           "http://site.test/dir/page?q=2",
		"/a?":                            "http://site.test/a",
		"//Other.TEST":                   "http://other.test/",
		"HTTP://Site.test:80/%7euser":    "http://site.test/~user",
		"https://site.test:443":          "https://site.test/",
		"http://site.test:443/":          "http://site.test:443/",
		"http://site.test:/":             "http://site.test/",
		"http://site.test:0080/":         "http://site.test/",
		"http://[::1]:80/":               "http://[::1]/",
		"http://[::1]:8080/":             "http://[::1]:8080/",
		"http://bücher.test/ü":           "http://xn--bcher-kva.test/%C3%BC",
		"/a%2fb":                         "http://site.test/a%2Fb",
		"/a%2Fb%41":                      "http://site.test/a%2FbA",
		"/%2e%2e/a":                      "http://site.test/a",
		"  /spaces  ":                    "http://site.test/spaces",
		"http://user:secret@site.test/a": "http://site.test/a",
		"/%41?%%370":                     "http://site.test/%41?%%370",
		"/q?b=2&a=1":                     "http://site.test/q?b=2&a=1",
	} {
		got, err := normalise(base, link)
		if err != nil || got.String() != want {
			t.Errorf("%q: got %v (%v), want %s", link, got, err, want)
		}
	}
}

func TestNormaliseFailsForWhatCannotBeFetched(t *testing.T) {
	for link, want := range map[string]error{
		"mailto:crew@site.test": errScheme, "javascript:void(0)": errScheme, "ftp://site.test/": errScheme,
		"data:,x": errScheme, "/relative": errScheme, "http:///path": errNoHost, "http:opaque": errNoHost,
	} {
		if got, err := normalise(nil, link); !errors.Is(err, want) {
			t.Errorf("%q: got %v (%v), want %v", link, got, err, want)
		}
	}
	for _, link := range []string{"http://site.test:99999/", "http://a b/", "http://[::1", "%zz", "http://x\x00y/"} {
		if got, err := normalise(nil, link); err == nil {
			t.Errorf("%q became %s", link, got)
		}
	}
}

func FuzzNormalise(f *testing.F) {
	for _, link := range []string{
		"http://site.test/a/../b?c#d", "//h:80", "HTTPS://U:P@[::1]:443/%7e%2f", "?x", "http://ü.test", "/%41;a,b/..", "http://a/%25%34%31",
		"x:y", "http://h//..//a", "http://h/a:b", "http://h/%%41", "http://%41/", "http://h.:80/", "\u00a0/a", "http://1.1/",
	} {
		f.Add("http://site.test/dir/", link)
	}
	f.Fuzz(func(t *testing.T, page, link string) {
		base, err := normalise(nil, page)
		if err != nil {
			return
		}
		first, err := normalise(base, link)
		if err != nil {
			return
		}
		again, err := normalise(nil, first.String())
		if err != nil || again.String() != first.String() {
			t.Errorf("%q gives %s, and that gives %v (%v)", link, first, again, err)
		}
		if first.Scheme != "http" && first.Scheme != "https" || first.Host == "" || first.Fragment != "" || first.User != nil ||
			!strings.HasPrefix(first.Path, "/") || first.Host != strings.ToLower(first.Host) {
			t.Errorf("%q gives %s", link, first)
		}
	})
}
