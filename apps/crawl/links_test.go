package main

import (
	"errors"
	"io"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"
)

func TestReadLinksFindsEachResourceOnce(t *testing.T) {
	page, err := url.Parse("http://site.test/dir/")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		body string
		want string
	}{
		"anchors":      {`<a href=one>1</a><A HREF='two'>2</A><a href="one#x">again</a>`, "http://site.test/dir/one http://site.test/dir/two"},
		"entities":     {`<a href="/?a=1&amp;b=2">`, "http://site.test/?a=1&b=2"},
		"resources":    {`<img src=/i><script src=/s></script><link rel=stylesheet href=/c><iframe src=/f></iframe>`, "http://site.test/i http://site.test/s http://site.test/c http://site.test/f"},
		"base":         {`<base href="/else/"><a href=x>`, "http://site.test/else/x"},
		"unusable":     {`<a href="mailto:a@b"><a href="javascript:x"><a href="http://[bad"><a><a href="">`, ""},
		"in a comment": {`<!-- <a href=/no> --><script>"<a href=/no>"</script><a href=/yes>`, "http://site.test/yes"},
		"broken HTML":  {`<a href="/open`, ""},
	} {
		links, err := readLinks(strings.NewReader(c.body), page)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var got []string
		for _, link := range links {
			got = append(got, link.String())
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %v, want %s", name, got, c.want)
		}
	}
}

func TestReadLinksFailsWhenTheBodyBreaksOff(t *testing.T) {
	body := io.MultiReader(strings.NewReader("<a href=/x>"), iotest.ErrReader(io.ErrUnexpectedEOF))
	if links, err := readLinks(body, &url.URL{Scheme: "http", Host: "site.test"}); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v (%v), want the reader's error", links, err)
	}
}
