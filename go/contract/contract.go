// Package contract is what crosses between the TypeScript plan and a Go program: the types
// generated from contract/*.schema.json, and the check of a configuration file against its
// schema.
package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"
)

// Version is the contract version that this runtime reads and writes.
const Version = 1

// A kind is one of the configurations.
type kindOf[C any] struct {
	name   string // of the schema, and in messages
	relate func(*C) []badField
}

var (
	workerKind  = kindOf[WorkerContract]{"worker", workerRelations}
	serviceKind = kindOf[ServiceContract]{"service", serviceRelations}
	liveKind    = kindOf[LiveSettings]{"live", liveRelations}
	streamsKind = kindOf[StreamsContract]{"streams", streamsRelations}
)

// Load reads and checks the worker configuration at path. All bad fields are reported at
// once, joined with errors.Join, one line each: `field: wanted …, got …. fix`; where fields are
// given more than once, those alone, since it is open which value counts. It never returns a contract
// that breaks the schema.
func Load(path string) (*WorkerContract, error) { return workerKind.load(path) }

// Parse checks document, a JSON worker configuration, and decodes it. See [Load].
func Parse(document []byte) (*WorkerContract, error) { return workerKind.parse(document) }

// ParseLive checks document, JSON settings that change while the worker of config runs, and decodes
// it. What it leaves out is nil. See [Load].
func ParseLive(config *WorkerContract, document []byte) (*LiveSettings, error) {
	live, err := liveKind.parse(document)
	if err != nil {
		return nil, err
	}
	if live.Slots != nil && *live.Slots > config.Pool.Slots {
		return nil, badField{"slots", strconv.Itoa(config.Pool.Slots) + " (pool.slots) or less", strconv.Itoa(*live.Slots),
			"Lower it: memory, downstream and scaling are planned for pool.slots. For more, raise `concurrency` and deploy."}
	}
	return live, nil
}

// LoadService reads and checks the configuration of a service. See [Load].
func LoadService(path string) (*ServiceContract, error) { return serviceKind.load(path) }

// ParseService checks document, the JSON configuration of a service, and decodes it. See [Load].
func ParseService(document []byte) (*ServiceContract, error) { return serviceKind.parse(document) }

// LoadStreams reads and checks a declaration of streams. See [Load].
func LoadStreams(path string) (*StreamsContract, error) { return streamsKind.load(path) }

// ParseStreams checks document, a JSON declaration of streams, and decodes it. See [Load].
func ParseStreams(document []byte) (*StreamsContract, error) { return streamsKind.parse(document) }

func (k kindOf[C]) load(path string) (*C, error) {
	document, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read %s configuration: %w", k.name, err)
	}
	config, err := k.parse(document)
	if err != nil {
		return nil, fmt.Errorf("%s configuration %s:\n%w", k.name, path, err)
	}
	return config, nil
}

func (k kindOf[C]) parse(document []byte) (*C, error) {
	value, err := decodeValue(document)
	if err != nil {
		return nil, err
	}
	if err := checkRepeats(document); err != nil {
		return nil, err
	}
	if err := checkVersion(value); err != nil {
		return nil, err
	}
	if err := checkSchema(k.name, value); err != nil {
		return nil, err
	}
	config := new(C)
	if err := json.Unmarshal(document, config); err != nil {
		return nil, outOfRange(err)
	}
	if err := joinFields(k.relate(config)); err != nil {
		return nil, err
	}
	return config, nil
}

// Seconds converts a figure of the contract to a duration.
func Seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// decodeValue reads numbers as float64, so that one that fits no type is refused here.
func decodeValue(document []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(document))
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, badField{"(document)", "one JSON object", err.Error(), regenerate}
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, badField{"(document)", "one JSON object", "something behind its end", regenerate}
	}
	return value, nil
}

// checkVersion comes before the schema: against another version its findings would mislead.
func checkVersion(value any) error {
	object, ok := value.(map[string]any)
	if !ok {
		return nil
	}
	version, ok := object["contract"].(float64)
	if !ok || version == Version {
		return nil
	}
	return badField{"contract", fmt.Sprintf("version %d", Version), number(version),
		"This runtime and the Capstan that wrote the file are of different versions: synthesize and build the image with the same one."}
}

// outOfRange reports a number that the schema allows and Go's type does not hold.
func outOfRange(err error) error {
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		return badField{mismatch.Field, "a value that fits " + mismatch.Type.String(), mismatch.Value, regenerate}
	}
	return badField{"(document)", "a configuration", err.Error(), regenerate}
}
