package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func validDocument(t testing.TB) []byte {
	t.Helper()
	document, err := os.ReadFile("testdata/valid.json")
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// bent is the valid document with the fields at dotted paths set, or removed where nil.
func bent(t testing.TB, changes map[string]any) []byte {
	t.Helper()
	var document map[string]any
	if err := json.Unmarshal(validDocument(t), &document); err != nil {
		t.Fatal(err)
	}
	for path, value := range changes {
		object, names := document, strings.Split(path, ".")
		for _, name := range names[:len(names)-1] {
			object = object[name].(map[string]any)
		}
		if last := names[len(names)-1]; value == nil {
			delete(object, last)
		} else {
			object[last] = value
		}
	}
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestLoadReadsEveryField(t *testing.T) {
	config, err := Load("testdata/valid.json")
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	var want, got any
	if err := json.Unmarshal(validDocument(t), &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("read\n%v\nwant\n%v", got, want)
	}
}

func TestLoadFailsWithTheFileNamed(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing.json")
	if _, err := Load(missing); err == nil || !strings.Contains(err.Error(), missing) {
		t.Errorf("error %v, want the path of the missing file", err)
	}
	bad := filepath.Join(t.TempDir(), "bad.json")
	if err := os.WriteFile(bad, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(bad); err == nil || !strings.Contains(err.Error(), bad) {
		t.Errorf("error %v, want the path of the bad file", err)
	}
}

func TestParseFailsWithWantedGotAndFix(t *testing.T) {
	for _, c := range []struct {
		name    string
		changes map[string]any
		want    string
	}{
		{"a missing field", map[string]any{"pool": nil}, "pool: wanted a value, got none. Add it."},
		{"a missing inner field", map[string]any{"task.maxSeconds": nil}, "task.maxSeconds: wanted a value, got none."},
		{"an unknown field", map[string]any{"pool.size": 3}, "pool.size: wanted no such field, got one. Remove it"},
		{"a wrong type", map[string]any{"pool.slots": "2"}, "pool.slots: wanted an integer, got a string."},
		{"half a slot", map[string]any{"pool.slots": 1.5}, "pool.slots: wanted an integer, got a number."},
		{"too small", map[string]any{"pool.slots": 0}, "pool.slots: wanted 1 or more, got 0. Raise it."},
		{"a fraction below", map[string]any{"fetch.maxPrefetch": -0.5, "task.backoff.jitter": -0.5}, "task.backoff.jitter: wanted 0 or more, got -0.5."},
		{"too large", map[string]any{"http.metricsPort": 70000}, "http.metricsPort: wanted 65535 or less, got 70000. Lower it."},
		{"not more than", map[string]any{"fetch.factor": 0}, "fetch.factor: wanted more than 0, got 0."},
		{"a payload over 1 MiB", map[string]any{
			"source": map[string]any{"memory": map[string]any{"capacity": 3, "payloadBytes": 1<<20 + 1}},
		}, "source.memory.payloadBytes: wanted 1048576 or less, got 1048577."},
		{"no source", map[string]any{"source": map[string]any{}}, "source: wanted one member, got none."},
		{"two sources", map[string]any{"source.memory": map[string]any{"capacity": 3}}, "source: wanted exactly one member, got 2."},
		{"a bad name", map[string]any{"name": "Develop"}, `name: wanted text that matches`},
		{"a bad level", map[string]any{"log.level": "loud"}, `log.level: wanted one of ["debug","info","warn","error"], got "loud".`},
		{"an empty path", map[string]any{"report": ""}, "report: wanted some text, got an empty one."},
		{"another version", map[string]any{"contract": 2, "pool": nil}, "contract: wanted version 1, got 2. This runtime and the Capstan"},
		{"a version that is text", map[string]any{"contract": "1"}, `contract: wanted`},
		{"an endless duration", map[string]any{"task.maxSeconds": 1e300}, "task.maxSeconds: wanted 31536000 s (a year) or less"},
		{"a backoff that ends before it begins", map[string]any{"task.backoff.initialSeconds": 9}, "task.backoff.maxSeconds: wanted initialSeconds or more, got 1."},
		{"an intake for a folder", map[string]any{"http.intakePort": 8080}, "http.intakePort: wanted none without a memory source, got 8080."},
		{"more adaptive slots than there are", map[string]any{"protect.adaptive.leastSlots": 3}, "protect.adaptive.leastSlots: wanted 2 (pool.slots) or less, got 3."},
		{"a breaker that opens for ever", map[string]any{"protect.breaker.openSeconds": 1e9}, "protect.breaker.openSeconds: wanted 31536000 s (a year) or less"},
		{"a retry budget over all attempts", map[string]any{"protect.retryBudget.share": 1.5}, "protect.retryBudget.share: wanted 1 or less, got 1.5."},
		{"two servers on one port", map[string]any{
			"http.intakePort": 9090, "source": map[string]any{"memory": map[string]any{"capacity": 3}},
		}, "http.intakePort: wanted another port than http.metricsPort, got 9090."},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse(bent(t, c.changes))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error\n%v\nwant\n%s", err, c.want)
			}
		})
	}
}

func TestParseFailsWithAllBadFieldsAtOnce(t *testing.T) {
	_, err := Parse(bent(t, map[string]any{"pool.slots": 0, "task.maxSeconds": -1, "http": nil, "colour": "red"}))
	if err == nil {
		t.Fatal("no error")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 4 {
		t.Fatalf("%d lines, want one for each bad field:\n%v", len(lines), err)
	}
	for i, field := range []string{"colour: ", "http: ", "pool.slots: ", "task.maxSeconds: "} {
		if !strings.HasPrefix(lines[i], field) {
			t.Errorf("line %q, want it to begin with %q", lines[i], field)
		}
	}
}

// twice is document, JSON, with more fields at the front of the object that opens with `"name": {`.
func twice(t testing.TB, document []byte, object, fields string) []byte {
	t.Helper()
	opening := []byte(`"` + object + `": {`)
	if !bytes.Contains(document, opening) {
		t.Fatalf("no %s in %s", opening, document)
	}
	return bytes.Replace(document, opening, append(opening, fields+", "...), 1)
}

func TestParseFailsOnAFieldThatIsGivenTwice(t *testing.T) {
	document := validDocument(t)
	inFront := func(document []byte, fields string) []byte {
		return bytes.Replace(document, []byte("{"), []byte("{"+fields+", "), 1)
	}
	worker := func(document []byte) error { _, err := Parse(document); return err }
	service := func(document []byte) error { _, err := ParseService(document); return err }
	streams := func(document []byte) error { _, err := ParseStreams(document); return err }
	live := func(document []byte) error { _, err := ParseLive(&WorkerContract{}, document); return err }
	for _, c := range []struct {
		name     string
		parse    func([]byte) error
		document []byte
		field    string
	}{
		{"two sources", worker, inFront(document, `"source": {"memory": {"capacity": 1}}`), "source"},
		{"the same value", worker, inFront(document, `"contract": 1`), "contract"},
		{"thrice", worker, inFront(document, `"contract": 1, "contract": 1`), "contract"},
		{"further in", worker, twice(t, document, "pool", `"slots": 1`), "pool.slots"},
		{"in what is free", worker, inFront(bent(t, map[string]any{"settings": nil}), `"settings": {"a": "1", "a": "2"}`), "settings.a"},
		{"written in two ways", worker, twice(t, document, "pool", `"\u0073lots": 1`), "pool.slots"},
		{"of a service", service, inFront([]byte(validService), `"publish": {"redis": {"addresses": ["redis:6379"], "stream": "a"}}`), "publish"},
		{"in a list", streams, bytes.Replace([]byte(validStreams), []byte(`{"name"`), []byte(`{"replicas": 1, "name"`), 1), "streams.0.replicas"},
		{"of live settings", live, []byte(`{"contract": 1, "log": {"level": "debug"}, "log": {}}`), "log"},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := c.field + ": wanted one value, got more than one. Keep one of them."
			if err := c.parse(c.document); err == nil || err.Error() != want {
				t.Fatalf("error\n%v\nwant\n%s", err, want)
			}
		})
	}
}

func TestParseTakesOneNameInDifferentObjects(t *testing.T) {
	breaker := `{"failureShare": 0.5, "leastAttempts": 1, "windowSeconds": 1, "openSeconds": 1, "probes": 1}`
	if _, err := Parse(bent(t, map[string]any{"settings": map[string]any{"a": "1", "A": "2", "contract": "3"}})); err != nil {
		t.Error(err)
	}
	if _, err := ParseLive(&WorkerContract{}, []byte(`{"contract": 1, "breaker": `+breaker+`, "rate": {"perSecond": 1, "burst": 1}}`)); err != nil {
		t.Error(err)
	}
}

func TestParseFailsOnWhatIsNoJSONObject(t *testing.T) {
	for _, document := range []string{"", "{", "[]", "null", "3", `{"contract":1} {}`, "{} x", "contract: 1"} {
		if _, err := Parse([]byte(document)); err == nil || !strings.Contains(err.Error(), "wanted") {
			t.Errorf("%q: error %v", document, err)
		}
	}
}

func TestParseLiveReadsWhatIsThere(t *testing.T) {
	config, err := Load("testdata/valid.json")
	if err != nil {
		t.Fatal(err)
	}
	live, err := ParseLive(config, []byte(`{"contract": 1, "slots": 1, "rate": {"perSecond": 3, "burst": 1}}`))
	if err != nil || *live.Slots != 1 || live.Rate.PerSecond != 3 || live.Breaker != nil || live.Log != nil {
		t.Fatalf("read %+v, %v", live, err)
	}
	for document, want := range map[string]string{
		`{"contract": 1, "slots": 3}`:                           "slots: wanted 2 (pool.slots) or less, got 3. Lower it: memory",
		`{"contract": 1, "slots": 0}`:                           "slots: wanted 1 or more, got 0.",
		`{"slots": 1}`:                                          "contract: wanted a value, got none.",
		`{"contract": 1, "pool": {"slots": 1}}`:                 "pool: wanted no such field, got one.",
		`{"contract": 1, "rate": {"perSecond": 0, "burst": 1}}`: "rate.perSecond: wanted more than 0, got 0.",
		`{"contract": 1, "log": {"level": "loud"}}`:             `log.level: wanted one of`,
		`{"contract": 1, "breaker": {"failureShare": 0.5, "leastAttempts": 1, "windowSeconds": 1e9, "openSeconds": 1, "probes": 1}}`: "breaker.windowSeconds: wanted",
	} {
		if _, err := ParseLive(config, []byte(document)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %s", document, err, want)
		}
	}
}

func TestEmbeddedSchemasAreThoseOfTheContract(t *testing.T) {
	for _, name := range []string{"worker", "live", "service", "streams", "report"} {
		source, err := os.ReadFile("../../contract/" + name + ".schema.json")
		if err != nil {
			t.Fatal(err)
		}
		copied, err := os.ReadFile("zz_" + name + ".schema.json")
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(source, copied) {
			t.Errorf("zz_%s.schema.json is stale: run `npm run generate`", name)
		}
	}
}

func TestSecondsKeepsFractions(t *testing.T) {
	if got := Seconds(2.5); got != 2500*time.Millisecond {
		t.Fatalf("2.5 s are %v", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(validDocument(f))
	for _, changes := range []map[string]any{
		{"pool.slots": 1e6}, {"pool": nil}, {"task.maxSeconds": 1e300}, {"contract": 2}, {"settings": map[string]any{}},
		{"source": map[string]any{"memory": map[string]any{"capacity": 1, "seeds": []string{"{}"}}}},
	} {
		f.Add(bent(f, changes))
	}
	for _, source := range validSources {
		f.Add(bent(f, map[string]any{"source": source}))
	}
	f.Add(bytes.Replace(validDocument(f), []byte("{"), []byte(`{"source": {"memory": {"capacity": 1}}, `), 1))
	for _, document := range []string{"", "null", "[]", `{"contract":1}`, `{"contract":1e0,"name":"a"}`, `{"pool":{"slots":1e999}}`} {
		f.Add([]byte(document))
	}
	f.Add(bytes.Replace(validDocument(f), []byte(`"slots": 2`), []byte(`"slots": 2e-999999999`), 1))
	f.Add(bytes.Replace(validDocument(f), []byte(`"slots": 2`), []byte(`"slots": 2.0`), 1))
	f.Fuzz(func(t *testing.T, document []byte) {
		config, err := Parse(document)
		if (err == nil) == (config == nil) {
			t.Fatalf("config %v with error %v", config, err)
		}
		if err != nil {
			return
		}
		if config.Pool.Slots < 1 || Seconds(config.Task.MaxSeconds) < 0 || sources(config.Source) != 1 {
			t.Fatalf("took %+v", config)
		}
		text, err := json.Marshal(config)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(text); err != nil {
			t.Fatalf("took a document and refuses what it read from it: %v\n%s", err, text)
		}
	})
}

func sources(s Source) (n int) {
	for _, is := range []bool{s.Memory != nil, s.Folder != nil, s.Jetstream != nil, s.Redis != nil, s.Kafka != nil} {
		if is {
			n++
		}
	}
	return n
}

func BenchmarkParse(b *testing.B) {
	document := validDocument(b)
	for b.Loop() {
		if _, err := Parse(document); err != nil {
			b.Fatal(err)
		}
	}
}
