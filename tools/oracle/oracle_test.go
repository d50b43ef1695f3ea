package oracle

import (
	"bufio"
	"encoding/json"
	"flag"
	"os"
	"testing"
)

var (
	scenariosFile = flag.String("scenarios", "", "file of scenarios, one a line")
	rowsFile      = flag.String("rows", "", "file that gets the rows, one scenario a line")
)

// answer is a line of the rows file.
type answer struct {
	Name  string `json:"name"`
	Rows  []row  `json:"rows"`
	Error string `json:"error,omitempty"`
}

// TestOracle runs the scenarios of -scenarios and writes their rows to -rows.
func TestOracle(t *testing.T) {
	if *scenariosFile == "" || *rowsFile == "" {
		t.Skip("give -scenarios and -rows")
	}
	in, err := os.Open(*scenariosFile)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	file, err := os.Create(*rowsFile)
	if err != nil {
		t.Fatal(err)
	}
	out := bufio.NewWriter(file)
	if err := playAll(t, json.NewDecoder(bufio.NewReader(in)), json.NewEncoder(out)); err != nil {
		t.Fatal(err)
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

func playAll(t *testing.T, in *json.Decoder, out *json.Encoder) error {
	for in.More() {
		s := &scenario{}
		if err := in.Decode(s); err != nil {
			return err
		}
		a := answer{Name: s.Name}
		rows, err := play(t, s)
		if a.Rows = rows; err != nil {
			a.Error = err.Error()
		}
		if err := out.Encode(a); err != nil {
			return err
		}
	}
	return nil
}
