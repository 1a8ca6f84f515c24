package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"realmconf/schema"
	"realmconf/schema/meerkat"
)

// source is the directory of package meerkat.
const source = "../../meerkat"

func TestGenerate_schemaIsCurrent(t *testing.T) {
	want, err := generate(source)
	if err != nil {
		t.Fatal(err)
	}
	if got := meerkat.New().JSON(); !bytes.Equal(got, want) {
		t.Errorf("config.schema.json is not what the fields of Config say: run go generate ./schema/meerkat (got %d bytes, want %d)", len(got), len(want))
	}
}

func TestGoData_isCurrent(t *testing.T) {
	root, err := schema.Parse(meerkat.New().JSON(), meerkat.Rules())
	if err != nil {
		t.Fatal(err)
	}
	want, err := goData(root)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(source, "model_generated.go"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("model_generated.go is not what config.schema.json says: run go generate ./schema/meerkat (got %d bytes, want %d)", len(got), len(want))
	}
}

func TestGenerate_deterministic(t *testing.T) {
	first, err := generate(source)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		again, err := generate(source)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again, first) {
			t.Fatal("two runs gave different bytes")
		}
	}
}

func TestGenerate_descriptionsFromSources(t *testing.T) {
	text, err := generate(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if places := undescribed(t, text); len(places) < 300 {
		t.Error("without sources there are no comments, but every key has a description")
	}
}

func TestGenerate_everyKeyHasDescription(t *testing.T) {
	text, err := generate(source)
	if err != nil {
		t.Fatal(err)
	}
	for _, place := range undescribed(t, text) {
		t.Errorf("%s has no doc comment", place)
	}
}

// undescribed returns the places of all properties without a description, or with
// one that is not a sentence.
func undescribed(t *testing.T, text []byte) []string {
	t.Helper()
	var root map[string]any
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	var found []string
	eachProperty(root, "", func(path string, p map[string]any) {
		d, _ := p["description"].(string)
		if d == "" || !strings.HasSuffix(d, ".") || strings.Contains(d, "\n") {
			found = append(found, path)
		}
	})
	return found
}

// TestGenerate_everyKeyDefinesAbsence wants of every key a default, an x-unset or
// required, without a contradiction.
func TestGenerate_everyKeyDefinesAbsence(t *testing.T) {
	var root map[string]any
	if err := json.Unmarshal(meerkat.New().JSON(), &root); err != nil {
		t.Fatal(err)
	}
	count := 0
	eachProperty(root, "", func(path string, p map[string]any) {
		count++
		_, hasDefault := p["default"]
		_, section := p["properties"]
		unset, _ := p["x-unset"].(string)
		required := p["required here"] == true
		switch {
		case required && (hasDefault || unset != ""):
			t.Errorf("%s is required, and has a default or x-unset", path)
		case !required && unset == "" && !hasDefault && !section:
			t.Errorf("%s does not say what its absence means", path)
		case unset == "default" && !hasDefault:
			t.Errorf("%s has x-unset=default and no default", path)
		case (unset == "null" || unset == "absent") && hasDefault:
			t.Errorf("%s has x-unset=%s and a default", path, unset)
		}
	})
	if count < 300 {
		t.Errorf("only %d keys were looked at", count)
	}
}

// eachProperty visits all properties, those of entries too. A property that its
// object requires gets a member "required here".
func eachProperty(o map[string]any, path string, visit func(path string, p map[string]any)) {
	required, _ := o["required"].([]any)
	for name, p := range properties(o) {
		if slices.Contains(required, any(name)) {
			p["required here"] = true
		}
		visit(path+"/"+name, p)
		eachProperty(p, path+"/"+name, visit)
	}
	for _, keyword := range []string{"items", "additionalProperties"} {
		if below, ok := o[keyword].(map[string]any); ok {
			eachProperty(below, path+"/-", visit)
		}
	}
	for _, then := range thens(o) {
		eachProperty(then, path, visit)
	}
}

// thens returns the branches of a union, or the full form of an output schema.
func thens(o map[string]any) []map[string]any {
	var found []map[string]any
	all, _ := o["allOf"].([]any)
	for _, b := range append([]any{o}, all...) {
		if then, ok := b.(map[string]any)["then"].(map[string]any); ok {
			found = append(found, then)
		}
	}
	return found
}

// The tags that fields may have, and the values that some of them may have.
var (
	schemaTags = map[string][]string{"required": {""}, "default": nil, "enum": nil, "minimum": nil, "maximum": nil}
	extraTags  = map[string][]string{
		"x-unset":       {"null", "skip", "default", "absent"},
		"x-risk":        {"exec", "secret", "network", "path", "posture", "none"}, // several are joined by "+"
		"x-risk-why":    nil,
		"x-format":      {"url", "webhook", "name"},
		"x-key":         nil,
		"x-alias":       nil,
		"x-value-alias": nil,
	}
)

func TestTags_config(t *testing.T) {
	fields := 0
	seen := make(map[reflect.Type]bool)
	var visit func(typ reflect.Type)
	visit = func(typ reflect.Type) {
		switch typ.Kind() {
		case reflect.Slice, reflect.Map:
			visit(typ.Elem())
		case reflect.Struct:
			if seen[typ] {
				return
			}
			seen[typ] = true
			for f := range typ.Fields() {
				fields++
				for _, problem := range misspelt(f.Tag) {
					t.Errorf("%s.%s: %s", typ.Name(), f.Name, problem)
				}
				visit(f.Type)
			}
		}
	}
	visit(reflect.TypeFor[meerkat.Config]())
	if fields < 250 {
		t.Errorf("only %d fields were looked at", fields)
	}
}

func TestTags_misspelt(t *testing.T) {
	for _, tag := range []reflect.StructTag{
		``,
		`json:"a,omitempty"`,
		`json:"a" jsonschma:"default=1"`,
		`json:"a" jsonschema:"defualt=1"`,
		`json:"a" jsonschema:"default=1,required=true"`,
		`json:"a" jsonschema:"requierd"`,
		`json:"a" jsonschema_extras:"x-riks=exec"`,
		`json:"a" jsonschema_extras:"x-risk=exce"`,
		`json:"a" jsonschema_extras:"x-risk=exec+"`,
		`json:"a" jsonschema_extras:"x-risk=exec secret"`,
		`json:"a" jsonschema_extras:"x-unset"`,
		`json:"-"`,
		`json:"a" case:"b"`,
		`json:"-" case:"b" with:"c"`,
		`json:"-" case:""`,
		`json:"-" cases:"b"`,
	} {
		if len(misspelt(tag)) == 0 {
			t.Errorf("`%s` was taken for a right tag", tag)
		}
	}
}

// misspelt returns the mistakes in a field's tags.
func misspelt(tag reflect.StructTag) []string {
	var problems []string
	rest := string(tag)
	for _, key := range []string{"json", "jsonschema", "jsonschema_extras", "case", "with"} {
		if v, ok := tag.Lookup(key); ok {
			rest = strings.Replace(rest, key+`:"`+v+`"`, "", 1)
		}
	}
	if strings.TrimSpace(rest) != "" {
		problems = append(problems, "unknown tag "+rest)
	}
	if name := tag.Get("json"); name != ",inline" && (name == "" || strings.Contains(name, ",")) {
		problems = append(problems, "json must be a bare key, or \",inline\"")
	}
	_, tagged := tag.Lookup("case")
	_, untagged := tag.Lookup("with")
	if branch := tagged || untagged; branch != (tag.Get("json") == "-") || tagged && untagged || tag.Get("case")+tag.Get("with") == "" && branch {
		problems = append(problems, "a branch has json \"-\", and either case or with")
	}
	problems = append(problems, misspeltKeys(tag.Get("jsonschema"), schemaTags)...)
	return append(problems, misspeltKeys(tag.Get("jsonschema_extras"), extraTags)...)
}

func misspeltKeys(tag string, known map[string][]string) []string {
	if tag == "" {
		return nil
	}
	var problems []string
	for part := range strings.SplitSeq(tag, ",") {
		key, value, valued := strings.Cut(part, "=")
		values, ok := known[key]
		switch {
		case !ok:
			problems = append(problems, "unknown key "+key)
		case values != nil && !isListed(key, value, values):
			problems = append(problems, key+" cannot be "+value)
		case valued == (key == "required"):
			problems = append(problems, key+" has, or lacks, a value")
		}
	}
	return problems
}

// isListed reports whether a value is one of those that a key may have.
func isListed(key, value string, values []string) bool {
	parts := []string{value}
	if key == "x-risk" {
		parts = strings.Split(value, "+")
	}
	return !slices.ContainsFunc(parts, func(part string) bool { return !slices.Contains(values, part) })
}

func TestPolish_classes(t *testing.T) {
	for _, tt := range []struct{ in, want any }{
		{"path", []any{"path"}},
		{"posture+exec", []any{"exec", "posture"}},
		{[]any{"network", "secret+path"}, []any{"secret", "network", "path"}},
		{"none", []any{"none"}},
	} {
		o := map[string]any{"x-risk": tt.in}
		if err := polish(o, ""); err != nil || !reflect.DeepEqual(o["x-risk"], tt.want) {
			t.Errorf("%v: got %v, %v, want %v", tt.in, o["x-risk"], err, tt.want)
		}
	}
}

func TestPolish_wrongValueAlias(t *testing.T) {
	o := map[string]any{"properties": map[string]any{"a": map[string]any{"x-value-alias": "b"}}}
	if err := polish(o, ""); err == nil || !strings.Contains(err.Error(), "/a:") {
		t.Errorf("got %v, want an error that names /a", err)
	}
}
