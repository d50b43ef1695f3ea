package contract

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

//go:embed zz_worker.schema.json zz_live.schema.json zz_service.schema.json zz_streams.schema.json
var schemas embed.FS

const regenerate = "Follow the schema in contract/, or let Capstan write the file."

// schemaURL is the $id of a schema. They refer to each other relative to it.
func schemaURL(name string) string { return "capstan:///contract/" + name + ".schema.json" }

// badField is one thing wrong with a configuration.
type badField struct{ path, wanted, got, fix string }

func (b badField) Error() string {
	return fmt.Sprintf("%s: wanted %s, got %s. %s", b.path, b.wanted, b.got, b.fix)
}

// checkSchema compiles the embedded schema at each call: a program checks one file, once.
func checkSchema(name string, value any) error {
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(embedded{})
	schema, err := compiler.Compile(schemaURL(name))
	if err != nil {
		return fmt.Errorf("compile embedded schema: %w", err)
	}
	err = schema.Validate(value)
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return err
	}
	return joinFields(collect(invalid, nil))
}

// embedded loads schemas by their $id.
type embedded struct{}

// Load implements jsonschema.URLLoader.
func (embedded) Load(url string) (any, error) {
	file, err := schemas.Open("zz_" + path.Base(url))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return jsonschema.UnmarshalJSON(file)
}

func joinFields(fields []badField) error {
	slices.SortStableFunc(fields, func(a, b badField) int { return strings.Compare(a.path, b.path) })
	errs := make([]error, len(fields))
	for i, field := range fields {
		errs[i] = field
	}
	return errors.Join(errs...)
}

// collect walks to the leaves, where the facts stand.
func collect(e *jsonschema.ValidationError, found []badField) []badField {
	if len(e.Causes) > 0 {
		for _, cause := range e.Causes {
			found = collect(cause, found)
		}
		return found
	}
	return append(found, describe(e)...)
}

func describe(e *jsonschema.ValidationError) []badField {
	field := fieldPath(e.InstanceLocation)
	one := func(wanted, got, fix string) []badField { return []badField{{field, wanted, got, fix}} }
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		return each(k.Missing, func(name string) badField {
			return badField{join(field, name), "a value", "none", "Add it."}
		})
	case *kind.AdditionalProperties:
		return each(k.Properties, func(name string) badField {
			return badField{join(field, name), "no such field", "one", "Remove it, or build the image with the runtime that knows it."}
		})
	case *kind.Type:
		return one(article(strings.Join(k.Want, " or ")), article(k.Got), regenerate)
	case *kind.Const:
		return one(show(k.Want), show(k.Got), regenerate)
	case *kind.Enum:
		return one("one of "+show(k.Want), show(k.Got), "Choose one of them.")
	case *kind.Minimum:
		return one(rational(k.Want)+" or more", rational(k.Got), "Raise it.")
	case *kind.ExclusiveMinimum:
		return one("more than "+rational(k.Want), rational(k.Got), "Raise it.")
	case *kind.Maximum:
		return one(rational(k.Want)+" or less", rational(k.Got), "Lower it.")
	case *kind.MinLength:
		return one("some text", "an empty one", "Set it, or leave the field out where it is optional.")
	case *kind.MinItems:
		return one("one or more", "none", "Add one.")
	case *kind.UniqueItems:
		return one("each once", fmt.Sprintf("the same at %d and %d", k.Duplicates[0], k.Duplicates[1]), "Remove one of them.")
	case *kind.MinProperties:
		return one("one member", "none", "Set one of those that the schema names.")
	case *kind.MaxProperties:
		return one("exactly one member", strconv.Itoa(k.Got), "Keep one of them.")
	case *kind.Pattern:
		return one("text that matches "+k.Want, show(k.Got), patternFix(field))
	default:
		return one("what the schema says at "+e.SchemaURL, fmt.Sprintf("%T", k), regenerate)
	}
}

func patternFix(field string) string {
	if field == "name" {
		return "Use lower-case letters, digits and '-', at most 63."
	}
	return "Use letters, digits, '-' and '_', at most 255."
}

func each(names []string, describe func(string) badField) []badField {
	fields := make([]badField, len(names))
	for i, name := range names {
		fields[i] = describe(name)
	}
	return fields
}

func fieldPath(tokens []string) string {
	if len(tokens) == 0 {
		return "(document)"
	}
	return strings.Join(tokens, ".")
}

func join(path, name string) string {
	if path == "(document)" {
		return name
	}
	return path + "." + name
}

func article(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

// number has an exponent only where a person would not count the digits.
func number(value float64) string {
	if math.Abs(value) < 1e15 && value == math.Trunc(value) {
		return strconv.FormatFloat(value, 'f', -1, 64)
	}
	return strconv.FormatFloat(value, 'g', -1, 64)
}

func rational(value *big.Rat) string {
	nearest, _ := value.Float64()
	return number(nearest)
}

func show(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}
