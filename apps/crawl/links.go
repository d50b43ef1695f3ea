package main

import (
	"errors"
	"io"
	"net/url"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// linkAttribute is where a tag names another resource.
var linkAttribute = map[atom.Atom]string{
	atom.A: "href", atom.Area: "href", atom.Link: "href",
	atom.Img: "src", atom.Script: "src", atom.Iframe: "src", atom.Frame: "src",
	atom.Source: "src", atom.Video: "src", atom.Audio: "src", atom.Embed: "src",
}

// readLinks reads a page to its end and returns its links, normalised, each once
// and in their order. Links of other schemes and those that are no URLs are left
// out. page is where the page was found; its <base> counts. Beside the links, no
// more than one tag or text is in memory at a time.
func readLinks(body io.Reader, page *url.URL) ([]*url.URL, error) {
	tokens := html.NewTokenizer(body)
	base, seen := page, make(map[string]bool)
	var links []*url.URL
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			if err := tokens.Err(); !errors.Is(err, io.EOF) {
				return nil, err
			}
			return links, nil
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := tokens.TagName()
			tag := atom.Lookup(name)
			if tag == atom.Base {
				if link, err := normalise(page, attribute(tokens, "href")); err == nil {
					base = link
				}
				continue
			}
			wanted, ok := linkAttribute[tag]
			if !ok {
				continue
			}
			text := attribute(tokens, wanted)
			if text == "" {
				continue
			}
			link, err := normalise(base, text)
			if err != nil || seen[link.String()] {
				continue
			}
			seen[link.String()] = true
			links = append(links, link)
		}
	}
}

// attribute is the value of one attribute of the tag at hand.
func attribute(tokens *html.Tokenizer, wanted string) string {
	for {
		key, value, more := tokens.TagAttr()
		if string(key) == wanted {
			return string(value)
		}
		if !more {
			return ""
		}
	}
}
