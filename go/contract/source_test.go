package contract

import (
	"encoding/json"
	"strings"
	"testing"
)

var (
	validSources = map[string]map[string]any{
		"jetstream": {"jetstream": validJetStream(nil)},
		"redis":     {"redis": map[string]any{"addresses": []any{"redis:6379"}, "stream": "photos", "group": "develop"}},
		"kafka":     {"kafka": map[string]any{"brokers": []any{"kafka-0.kafka:9092"}, "topic": "photos", "group": "develop"}},
	}
	password = map[string]any{"passwordVariable": "PASSWORD"}
)

func validJetStream(changes map[string]any) map[string]any {
	source := map[string]any{
		"servers": []any{"nats-0.nats:4222", "tls://nats-1.nats:4222", "nats://nats"},
		"stream":  "photos", "consumer": "develop", "subjects": []any{"photos.*.new", "photos.>"},
		"maxAckPending": 6, "deadLetterSubject": "dead.photos",
		"credentials": map[string]any{"userVariable": "NATS_USER", "passwordVariable": "NATS_PASSWORD"},
		"tls":         map[string]any{"caFile": "/etc/nats/ca.crt"},
	}
	for field, value := range changes {
		source[field] = value
		if value == nil {
			delete(source, field)
		}
	}
	return source
}

func TestParseTakesEverySource(t *testing.T) {
	for name, source := range validSources {
		changes := map[string]any{"source": source}
		if name == "kafka" {
			changes["task.maxAttempts"] = 1
		}
		config, err := Parse(bent(t, changes))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if sources(config.Source) != 1 || config.Source.Folder != nil {
			t.Errorf("%s: read %+v", name, config.Source)
		}
	}
}

func TestParseFailsWithWhatIsWrongInASource(t *testing.T) {
	jetstream := func(field string, value any) map[string]any {
		return map[string]any{"jetstream": validJetStream(map[string]any{field: value})}
	}
	with := func(name, field string, value any) map[string]any {
		source := map[string]any{field: value}
		for key, kept := range validSources[name][name].(map[string]any) {
			if key != field {
				source[key] = kept
			}
		}
		return map[string]any{name: source}
	}
	for _, c := range []struct {
		name   string
		source map[string]any
		want   string
	}{
		{"no servers", jetstream("servers", []any{}), "source.jetstream.servers: wanted one or more, got none."},
		{"no port", jetstream("servers", []any{"nats"}), `source.jetstream.servers.0: wanted host:port, or a URL nats:// or tls://, got "nats".`},
		{"another scheme", jetstream("servers", []any{"http://nats:80"}), `source.jetstream.servers.0: wanted host:port`},
		{"a secret", jetstream("servers", []any{"nats://me:secret@nats:4222"}), `source.jetstream.servers.0: wanted no user in the URL, got one.`},
		{"a stream with a dot", jetstream("stream", "a.b"), `source.jetstream.stream: wanted text that matches`},
		{"a bad filter", jetstream("subjects", []any{"a..b"}), `source.jetstream.subjects.0: wanted a NATS subject, got "a..b".`},
		{"more behind the rest", jetstream("subjects", []any{"a.>.b"}), "source.jetstream.subjects.0: wanted a NATS subject with `>` at its end only"},
		{"dead letters everywhere", jetstream("deadLetterSubject", "dead.*"), `source.jetstream.deadLetterSubject: wanted a NATS subject without wildcards`},
		{"less than one pod holds", jetstream("maxAckPending", 5), "source.jetstream.maxAckPending: wanted 6 (pool.slots + fetch.maxPrefetch) or more, got 5."},
		{"a user alone", jetstream("credentials", map[string]any{"userVariable": "USER"}), "source.jetstream.credentials: wanted userVariable and passwordVariable, got one of them."},
		{"nobody", jetstream("credentials", map[string]any{}), "source.jetstream.credentials: wanted one member, got none."},
		{"a file and a user", jetstream("credentials", map[string]any{"file": "a", "userVariable": "b", "passwordVariable": "c"}), "source.jetstream.credentials: wanted a file or variables, got both."},
		{"a certificate without its key", jetstream("tls", map[string]any{"certFile": "tls.crt"}), "source.jetstream.tls: wanted certFile and keyFile, got one of them."},
		{"a Redis URL", with("redis", "addresses", []any{"redis://redis:6379"}), `source.redis.addresses.0: wanted host:port, got "redis://redis:6379".`},
		{"NATS' credentials for Kafka", with("kafka", "credentials", map[string]any{"file": "a.creds"}), "source.kafka.credentials.file: wanted none"},
		{"a password for Kafka without a user", with("kafka", "credentials", password), "source.kafka.credentials: wanted userVariable with passwordVariable, got none."},
		{"retries of a topic", with("kafka", "topic", "photos"), "task.maxAttempts: wanted 1 with a Kafka source, which counts no attempts, got 2."},
		{"a shard beyond the last", map[string]any{"memory": map[string]any{"capacity": 1, "shard": map[string]any{"index": 3, "count": 3}}},
			"source.memory.shard.index: wanted less than count, got 3."},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse(bent(t, map[string]any{"source": c.source}))
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Fatalf("error\n%v\nwant\n%s", err, c.want)
			}
		})
	}
}

func TestAPasswordMayStandAloneForRedis(t *testing.T) {
	redis := map[string]any{"addresses": []any{"redis:6379"}, "stream": "a", "group": "b", "credentials": password}
	if _, err := Parse(bent(t, map[string]any{"source": map[string]any{"redis": redis}})); err != nil {
		t.Fatal(err)
	}
}

// variant is a valid document with one field changed; a path goes down by dots.
func variant(t *testing.T, valid string, path string, value any) []byte {
	t.Helper()
	var document map[string]any
	if err := json.Unmarshal([]byte(valid), &document); err != nil {
		t.Fatal(err)
	}
	object, names := document, strings.Split(path, ".")
	for _, name := range names[:len(names)-1] {
		object = object[name].(map[string]any)
	}
	object[names[len(names)-1]] = value
	if value == nil {
		delete(object, names[len(names)-1])
	}
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

const validService = `{
	"contract": 1, "name": "upload", "pool": {"slots": 8}, "queue": {"length": 16, "maxWaitSeconds": 1},
	"request": {"maxSeconds": 10, "maxBodyBytes": 1048576}, "protocols": ["http", "grpc", "grpcWeb"],
	"http": {"port": 8080, "metricsPort": 9090},
	"shutdown": {"lameDuckSeconds": 5, "drainSeconds": 10, "flushSeconds": 2},
	"publish": {"jetstream": {"servers": ["nats:4222"], "stream": "photos", "subject": "photos.new"}}
}`

func TestParseServiceFailsWithWantedGotAndFix(t *testing.T) {
	if _, err := ParseService([]byte(validService)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path  string
		value any
		want  string
	}{
		{"pool.slots", 0, "pool.slots: wanted 1 or more, got 0."},
		{"protocols", []any{}, "protocols: wanted one or more, got none."},
		{"protocols", []any{"http", "http"}, "protocols: wanted each once, got the same at 0 and 1."},
		{"protocols", []any{"soap"}, `protocols.0: wanted one of ["http","grpc","grpcWeb"], got "soap".`},
		{"http.port", 9090, "http.port: wanted another port than http.metricsPort, got 9090."},
		{"request.maxSeconds", 1e9, "request.maxSeconds: wanted 31536000 s (a year) or less"},
		{"shutdown", nil, "shutdown: wanted a value, got none."},
		{"shutdown.drainSeconds", -1, "shutdown.drainSeconds: wanted 0 or more, got -1."},
		{"publish", map[string]any{}, "publish: wanted one member, got none."},
		{"publish.jetstream.subject", "photos.*", "publish.jetstream.subject: wanted a NATS subject without wildcards"},
		{"publish.jetstream.servers", []any{"nats"}, "publish.jetstream.servers.0: wanted host:port"},
	} {
		if _, err := ParseService(variant(t, validService, c.path, c.value)); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("error\n%v\nwant\n%s", err, c.want)
		}
	}
}

const validStreams = `{
	"contract": 1, "name": "broker", "servers": ["nats:4222"], "waitSeconds": 60,
	"streams": [
		{"name": "photos", "subjects": ["photos.>"], "storage": "file", "replicas": 3, "retention": "workqueue", "discard": "new",
			"maxBytes": 1073741824, "maxAgeSeconds": 86400, "duplicateWindowSeconds": 120}
	]
}`

func TestParseStreamsFailsWithWantedGotAndFix(t *testing.T) {
	config, err := ParseStreams([]byte(validStreams))
	if err != nil {
		t.Fatal(err)
	}
	stream := func(field string, value any) []any {
		text, err := json.Marshal(config.Streams[0])
		if err != nil {
			t.Fatal(err)
		}
		var changed map[string]any
		if err := json.Unmarshal(variant(t, string(text), field, value), &changed); err != nil {
			t.Fatal(err)
		}
		return []any{changed}
	}
	twice := append(stream("discard", "old"), stream("discard", "new")...)
	for _, c := range []struct {
		path  string
		value any
		want  string
	}{
		{"streams", stream("subjects", []any{" "}), `streams.0.subjects.0: wanted a NATS subject, got " ".`},
		{"streams", stream("replicas", 6), "streams.0.replicas: wanted 5 or less, got 6."},
		{"streams", stream("maxAgeSeconds", 1e300), "streams.0.maxAgeSeconds: wanted 3153600000 s (100 years) or less"},
		{"streams", stream("duplicateWindowSeconds", 86401), "streams.0.duplicateWindowSeconds: wanted maxAgeSeconds or less, got 86401."},
		{"streams", twice, `streams.1.name: wanted a name of its own, got "photos".`},
		{"servers", []any{"nats:0"}, `servers.0: wanted host:port`},
	} {
		if _, err := ParseStreams(variant(t, validStreams, c.path, c.value)); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("error\n%v\nwant\n%s", err, c.want)
		}
	}
}
