package worker

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// word is a text of somebody else's, for a person: what a terminal would obey or not show, and what
// would begin a new line or column, is written as Go does.
func word(text string) string { return visible(text, "") }

// passage is word for a text of several lines.
func passage(text string) string { return visible(text, "\n\t") }

// visible escapes control characters but for those kept, characters that turn the direction of writing,
// and bytes that are no text.
func visible(text, kept string) string {
	var out strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&out, `\x%02x`, text[0])
		case strings.ContainsRune(kept, r), !unicode.IsControl(r) && !unicode.Is(unicode.Bidi_Control, r):
			out.WriteString(text[:size])
		default:
			out.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
		text = text[size:]
	}
	return out.String()
}

// cut shortens a text to so many characters.
func cut(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}
