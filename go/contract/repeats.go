package contract

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// checkRepeats refuses fields that are given more than once: the schema would see the last of them,
// and Go's types all of them, merged.
func checkRepeats(document []byte) error {
	r := repeats{decoder: json.NewDecoder(bytes.NewReader(document))}
	if err := r.value(nil); err != nil {
		return badField{"(document)", "one JSON object", err.Error(), regenerate}
	}
	return joinFields(r.found)
}

// repeats walks through a document and finds the fields that are given more than once.
type repeats struct {
	decoder *json.Decoder
	found   []badField
}

func (r *repeats) value(path []string) error {
	token, err := r.decoder.Token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('{'):
		err = r.object(path)
	case json.Delim('['):
		err = r.array(path)
	default:
		return nil
	}
	if err != nil {
		return err
	}
	_, err = r.decoder.Token() // the end of the object or array
	return err
}

func (r *repeats) object(path []string) error {
	times := make(map[string]int)
	for r.decoder.More() {
		token, err := r.decoder.Token()
		if err != nil {
			return err
		}
		name := token.(string) // what else would be no JSON
		field := append(path, name)
		if times[name]++; times[name] == 2 {
			r.found = append(r.found, badField{fieldPath(field), "one value", "more than one", "Keep one of them."})
		}
		if err := r.value(field); err != nil {
			return err
		}
	}
	return nil
}

func (r *repeats) array(path []string) error {
	for i := 0; r.decoder.More(); i++ {
		if err := r.value(append(path, strconv.Itoa(i))); err != nil {
			return err
		}
	}
	return nil
}
