package jetstream

import (
	"iter"
	"net/textproto"
	"net/url"
	"slices"
	"strings"

	"github.com/nats-io/nats.go"
)

// HeaderEscaped has the headers of a task that do not go as lines of their own, as the query of a URL: the
// client would refuse their names, or change their values.
const HeaderEscaped = "Capstan-Escaped"

// writeHeaders adds the headers of a task to a message, so that [eachHeader] gives them back byte for byte.
func writeHeaders(to nats.Header, headers iter.Seq2[string, []string]) {
	escaped := make(url.Values)
	for name, values := range headers {
		if isLine(name) && !slices.ContainsFunc(values, isNotPlain) {
			to[name] = values
		} else {
			escaped[name] = values
		}
	}
	if len(escaped) > 0 {
		to.Set(HeaderEscaped, escaped.Encode())
	}
}

// eachHeader goes over the headers of a task, without those that are the queue's or the server's.
func eachHeader(all nats.Header) iter.Seq2[string, []string] {
	return func(yield func(string, []string) bool) {
		for name, values := range all {
			if !isOwn(name) && len(values) > 0 && !yield(name, values) {
				return
			}
		}
		if all.Get(HeaderEscaped) == "" {
			return
		}
		escaped, _ := url.ParseQuery(all.Get(HeaderEscaped)) // what cannot be read is left out
		for name, values := range escaped {
			if !isOwn(name) && !yield(name, values) {
				return
			}
		}
	}
}

// headersOf are the headers of a task, as deliveries and letters have them.
func headersOf(all nats.Header) map[string]string {
	var headers map[string]string
	for name, values := range eachHeader(all) {
		if headers == nil {
			headers = make(map[string]string, len(all))
		}
		headers[name] = values[0]
	}
	return headers
}

// isOwn says whether a header belongs to the queue or the server.
func isOwn(name string) bool {
	return strings.HasPrefix(name, "Nats-") || strings.HasPrefix(name, "Capstan-")
}

// isLine says that a header of that name goes as a line: it is a token (RFC 9110), which the client takes, and
// not the one by which clients tell the server's own word from a message.
func isLine(name string) bool {
	return name != "" && name != "Status" && !strings.ContainsFunc(name, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

func isNotPlain(value string) bool { return !isPlain(value) }

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
