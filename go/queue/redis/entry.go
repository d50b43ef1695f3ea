package redis

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"capstan/queue"
)

// Fields of an entry; the header NAME is the field header:NAME.
const (
	fieldPayload = "payload"
	fieldID      = "id"
	// fieldPublished is when a task was published that lay among those for later, in milliseconds
	// since 1970; else the entry's number says it.
	fieldPublished = "published"
	headerPrefix   = "header:"
)

// Fields that a dead letter has beside those of its task.
const (
	// FieldReason says in one line why it died.
	FieldReason = "reason"
	// FieldDetail is the rest of the reason, such as a stack. Left out: none.
	FieldDetail = "detail"
	// FieldAttempts counts its deliveries.
	FieldAttempts = "attempts"
	// FieldStream and FieldGroup are those that the task was taken from.
	FieldStream = "stream"
	FieldGroup  = "group"
)

// mostFields is how many fields of an entry a script hands on: Lua passes less than 8,000 names and
// values in one call, and a letter has some fields beside those of its task.
const mostFields = 3500

// entry is an entry of a stream as the server tells it.
type entry struct {
	number  string // such as 1700000000000-0
	fields  []any  // names and values in turn
	attempt int
}

// entriesOf reads the entries of an answer: [number, fields], or [number, fields, attempt].
func entriesOf(answer any) ([]entry, error) {
	list, ok := answer.([]any)
	if !ok {
		return nil, fmt.Errorf("the server answered %T, wanted entries of a stream", answer)
	}
	entries := make([]entry, 0, len(list))
	for _, item := range list {
		parts, ok := item.([]any)
		if !ok || len(parts) < 2 {
			return nil, fmt.Errorf("the server answered %v, wanted an entry of a stream", item)
		}
		number, ok := parts[0].(string)
		if !ok {
			return nil, fmt.Errorf("the server answered %v, wanted the number of an entry", parts[0])
		}
		fields, _ := parts[1].([]any) // nil: removed from the stream while it was in flight
		e := entry{number: number, fields: fields, attempt: 1}
		if len(parts) > 2 {
			n, _ := parts[2].(int64)
			e.attempt = int(n)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// each calls f with each field.
func (e entry) each(f func(name, value string)) {
	for i := 0; i+1 < len(e.fields); i += 2 {
		name, isName := e.fields[i].(string)
		value, isValue := e.fields[i+1].(string)
		if isName && isValue {
			f(name, value)
		}
	}
}

// delivery is the task that an entry is; settling it needs a receipt.
func (e entry) delivery() queue.Delivery {
	d := queue.Delivery{ID: e.number, Attempt: e.attempt, Published: timeOf(e.number)}
	found := false
	e.each(func(name, value string) {
		switch name {
		case fieldPayload:
			d.Payload, found = []byte(value), true
		case fieldID:
			d.ID = value
		case fieldPublished:
			d.Published = timeOf(value)
		default:
			d.Headers = withHeader(d.Headers, name, value)
		}
	})
	if !found {
		d.Payload = []byte("null")
		d.DeadReason = fmt.Sprintf("the entry %s has no field %q", e.number, fieldPayload)
		d.Attempt--
	}
	return d
}

func withHeader(headers map[string]string, field, value string) map[string]string {
	name, isHeader := strings.CutPrefix(field, headerPrefix)
	if !isHeader {
		return headers
	}
	if headers == nil {
		headers = make(map[string]string)
	}
	headers[name] = value
	return headers
}

// timeOf is the time in the number of an entry, or in a field.
func timeOf(number string) time.Time {
	text, _, _ := strings.Cut(number, "-")
	milliseconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(milliseconds)
}
