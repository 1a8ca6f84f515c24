package main

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/invopop/jsonschema"

	"realmconf/schema/meerkat"
)

// generate returns the JSON Schema of meerkat.Config. The comments are read from the
// package's sources in dir. Equal sources give equal bytes.
func generate(dir string) ([]byte, error) {
	comments, err := readComments(dir)
	if err != nil {
		return nil, err
	}
	g := generator{comments: comments}
	raw, err := json.Marshal(g.reflect(reflect.TypeFor[meerkat.Config](), nil))
	if err != nil {
		return nil, err
	}
	var o map[string]any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber() // 2.0 stays 2.0, and the largest u64 what it is
	if err := d.Decode(&o); err != nil {
		return nil, err
	}
	if err := polish(o, ""); err != nil {
		return nil, err
	}
	if err := checkClasses(o, ""); err != nil {
		return nil, err
	}
	o["$schema"] = jsonschema.Version
	o["title"] = "Meerkat realm configuration"
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(o); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// generator holds what the reflection needs.
type generator struct {
	comments map[string]string // by "Type" and "Type.Field"
}

// reflect returns the schema of one type. A struct named by inline is one whose
// inline field is being handled already.
func (g generator) reflect(t, inline reflect.Type) *jsonschema.Schema {
	r := jsonschema.Reflector{
		Anonymous:                  true,
		DoNotReference:             true,
		RequiredFromJSONSchemaTags: true,
		LookupComment: func(t reflect.Type, field string) string {
			if field == "" {
				return aboutType(t.Name(), g.comments[t.Name()])
			}
			return g.comments[t.Name()+"."+field]
		},
		Mapper: func(t reflect.Type) *jsonschema.Schema { return g.special(t, inline) },
	}
	s := r.ReflectFromType(t)
	s.Version = ""
	return s
}

// aboutType returns a type's comment for readers who do not know the type's name:
// the first paragraph, without "Name is".
func aboutType(name, comment string) string {
	comment, _, _ = strings.Cut(comment, "\n\n")
	about, ok := strings.CutPrefix(comment, name+" is ")
	if !ok || about == "" {
		return comment
	}
	return strings.ToUpper(about[:1]) + about[1:]
}

// special returns the schema of the types that the library does not know, or knows
// less exactly than Meerkat does.
func (g generator) special(t, inline reflect.Type) *jsonschema.Schema {
	switch t {
	case inline:
		return nil
	case reflect.TypeFor[meerkat.DurationText]():
		return &jsonschema.Schema{Type: "string", Format: "duration-humantime"}
	case reflect.TypeFor[meerkat.DurationOrDisabled]():
		return &jsonschema.Schema{Type: "string", Format: "duration-humantime-or-disabled"}
	case reflect.TypeFor[meerkat.DurationOrMillis]():
		return &jsonschema.Schema{
			Minimum: "0",
			Maximum: largest,
			Format:  "duration-humantime",
			Extras:  map[string]any{"type": []string{"string", "integer"}},
		}
	case reflect.TypeFor[meerkat.Slug]():
		return &jsonschema.Schema{Type: "string", Format: "slug"}
	case reflect.TypeFor[meerkat.UUID]():
		return &jsonschema.Schema{Type: "string", Format: "uuid-any-form"}
	case reflect.TypeFor[meerkat.SkillName]():
		return &jsonschema.Schema{Type: "string", Format: "skill-name"}
	case reflect.TypeFor[meerkat.Any]():
		return &jsonschema.Schema{Extras: map[string]any{"x-form": "any"}}
	case reflect.TypeFor[meerkat.OutputSchema]():
		return g.outputSchema(t)
	}
	switch t.Kind() {
	case reflect.Int32:
		return integer(math.MinInt32, math.MaxInt32)
	case reflect.Int64:
		return integer(math.MinInt64, math.MaxInt64)
	case reflect.Uint16:
		return integer(0, math.MaxUint16)
	case reflect.Uint32:
		return integer(0, math.MaxUint32)
	case reflect.Uint64:
		return integer(0, math.MaxInt64) // above that, older readers fail
	case reflect.Float32:
		return &jsonschema.Schema{
			Type:    "number",
			Minimum: json.Number(strconv.FormatFloat(-math.MaxFloat32, 'g', -1, 64)),
			Maximum: json.Number(strconv.FormatFloat(math.MaxFloat32, 'g', -1, 64)),
		}
	case reflect.Struct:
		if list, tagged := branches(t); len(list) > 0 {
			return g.union(t, list, tagged)
		}
		for f := range t.Fields() {
			if f.Tag.Get("json") == ",inline" {
				s := g.reflect(t, t)
				s.AdditionalProperties = g.reflect(f.Type.Elem(), nil)
				return s
			}
		}
	}
	return nil
}

// largest is the largest integer that every reader of TOML can read.
const largest json.Number = "9223372036854775807"

func integer(low int64, high uint64) *jsonschema.Schema {
	return &jsonschema.Schema{
		Type:    "integer",
		Minimum: json.Number(strconv.FormatInt(low, 10)),
		Maximum: json.Number(strconv.FormatUint(high, 10)),
	}
}
