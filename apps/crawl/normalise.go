package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

var (
	errScheme = errors.New("neither http nor https")
	errNoHost = errors.New("no host")
)

// normalise resolves a link against the page that holds it (nil: it is absolute)
// and gives equal links one form, by the rules of RFC 3986, section 6.2.2 and
// 6.2.3, that never join what a server may tell apart: scheme and host in lower
// case, a host of other scripts in ASCII, no default port, no dot segments, no
// needless percent-encoding, a path of at least "/". The fragment and a user's
// name and password are left out. Normalising twice changes nothing.
//
// It fails for what is no URL, has no host, or has a scheme other than http and
// https.
func normalise(base *url.URL, link string) (*url.URL, error) {
	link, _, _ = strings.Cut(link, "#")
	u, err := url.Parse(unescapeNeedless(strings.TrimSpace(link)))
	if err != nil {
		return nil, fmt.Errorf("parse URL: %w", err)
	}
	if base == nil {
		base = &url.URL{}
	}
	u = base.ResolveReference(u)
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q: %w", link, errScheme)
	}
	if u.Host, err = normaliseHost(u); err != nil {
		return nil, fmt.Errorf("%q: %w", link, err)
	}
	if u.Path == "" {
		u.Path = "/"
	}
	u.User, u.Fragment, u.RawFragment, u.ForceQuery = nil, "", "", false
	return u, nil
}

func normaliseHost(u *url.URL) (string, error) {
	name, port := strings.ToLower(u.Hostname()), u.Port()
	if net.ParseIP(name) == nil {
		ascii, err := idna.Lookup.ToASCII(name)
		if err != nil {
			return "", fmt.Errorf("host: %w", err)
		}
		name = ascii
	}
	if name == "" {
		return "", errNoHost
	}
	if port != "" {
		number, err := strconv.ParseUint(port, 10, 16)
		if err != nil {
			return "", fmt.Errorf("port: %w", err)
		}
		port = strconv.FormatUint(number, 10)
	}
	if port == map[string]string{"http": "80", "https": "443"}[u.Scheme] {
		port = ""
	}
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	if port != "" {
		name += ":" + port
	}
	return name, nil
}

var escape = regexp.MustCompile(`%[0-9a-fA-F]{2}`)

// unescapeNeedless decodes percent-encoded letters, digits and -._~ (RFC 3986,
// 2.3) and writes the other codes in capitals. Text with a "%" that begins no
// code stays as it is: "%%370" must not become "%70".
func unescapeNeedless(text string) string {
	if strings.Count(text, "%") != len(escape.FindAllStringIndex(text, -1)) {
		return text
	}
	return escape.ReplaceAllStringFunc(text, func(code string) string {
		value, err := strconv.ParseUint(code[1:], 16, 8)
		if c := byte(value); err == nil && (isAlphanumeric(c) || strings.IndexByte("-._~", c) >= 0) {
			return string(rune(c))
		}
		return strings.ToUpper(code)
	})
}

func isAlphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
