package jetstream

import (
	"net/textproto"
	"net/url"
	"strings"
)

// escapedID begins an id that is not plain; the rest is escaped as in the query of a URL.
const escapedID = "capstan-escaped:"

// writeID is the value of a header that names a task: the id itself, unless the client would change it on
// the way. Two ids are never one value.
func writeID(id string) string {
	if isPlain(id) && !strings.HasPrefix(id, escapedID) {
		return id
	}
	return escapedID + url.QueryEscape(id)
}

// readID is the id that [writeID] was given.
func readID(value string) string {
	if rest, isEscaped := strings.CutPrefix(value, escapedID); isEscaped {
		if id, err := url.QueryUnescape(rest); err == nil {
			return id
		}
	}
	return value
}

// isPlain says that the client writes a value of a header as it is: it trims, and makes one line of several.
func isPlain(value string) bool {
	return textproto.TrimString(value) == value && !strings.ContainsAny(value, "\r\n")
}
