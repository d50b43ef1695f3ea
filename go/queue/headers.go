package queue

import "encoding/binary"

// packed is headers in one string: each name and value with its length before it.
type packed string

func pack(headers map[string]string) packed {
	if len(headers) == 0 {
		return ""
	}
	var text []byte
	for name, value := range headers {
		for _, part := range [...]string{name, value} {
			text = binary.AppendUvarint(text, uint64(len(part)))
			text = append(text, part...)
		}
	}
	return packed(text)
}

func (p packed) unpack() map[string]string {
	if p == "" {
		return nil
	}
	headers := make(map[string]string)
	for rest := []byte(p); len(rest) > 0; {
		var name, value string
		name, rest = cutPart(rest)
		value, rest = cutPart(rest)
		headers[name] = value
	}
	return headers
}

func cutPart(text []byte) (part string, rest []byte) {
	size, n := binary.Uvarint(text)
	end := n + int(size)
	return string(text[n:end]), text[end:]
}
