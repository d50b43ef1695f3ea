// The yaml-reader program reads YAML as kubectl does: it splits files into documents and turns each into the JSON that
// kubectl would send to the API server.
//
// Standard input has one file a line, in base64. For each, in order, standard output has one line of JSON:
// {"documents":[…]}, or {"error":"…"} when kubectl would refuse the file.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	kubejson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// maxLine bounds one file, in base64.
const maxLine = 64 << 20

// bufferSize is kubectl's own (k8s.io/cli-runtime/pkg/resource).
const bufferSize = 4096

// answer is what is read from one file.
type answer struct {
	Documents []any  `json:"documents,omitempty"`
	Error     string `json:"error,omitempty"`
}

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "yaml-reader:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine)
	buffered := bufio.NewWriter(out)
	encoder := json.NewEncoder(buffered)
	for lines.Scan() {
		file, err := base64.StdEncoding.AppendDecode(nil, lines.Bytes())
		if err != nil {
			return fmt.Errorf("a line of the input is not base64: %w", err)
		}
		documents, err := read(file)
		one := answer{Documents: documents}
		if err != nil {
			one = answer{Error: err.Error()}
		}
		if err := encoder.Encode(one); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return buffered.Flush()
}

// read gives the documents of a file; as in kubectl, empty ones count for nothing.
func read(file []byte) ([]any, error) {
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(file), bufferSize)
	documents := []any{}
	for {
		var raw json.RawMessage
		if err := decoder.Decode(&raw); errors.Is(err, io.EOF) {
			return documents, nil
		} else if err != nil {
			return nil, err
		}
		raw = bytes.TrimSpace(raw)
		if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
			continue
		}
		// As kubectl keeps numbers: int64 where one holds it, float64 otherwise.
		var document any
		if err := kubejson.Unmarshal(raw, &document); err != nil {
			return nil, err
		}
		documents = append(documents, document)
	}
}
