package schema_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// loadModel returns the model of a schema.
func loadModel(t testing.TB, text string) *schema.Model {
	t.Helper()
	m, err := schema.Load([]byte(text), schema.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// A schema that allows everything knows nothing of a configuration, and finds nothing
// wrong with it.
func TestLoad_anything(t *testing.T) {
	for _, text := range []string{`{}`, `true`, " true\n", `{"$schema":"http://json-schema.org/draft-07/schema#"}`} {
		m := loadModel(t, text)
		config := object(t, `{"a":{"b":[1,2.5,"x",{"c":true}]},"d":"2026-11-28T05:00:00Z"}`)
		if report := m.Check(config); !report.IsValid() {
			t.Errorf("%s: got %v", text, report)
		}
		if diff := cmp.Diff(config, m.Fill(config)); diff != "" {
			t.Errorf("%s: resolved (-want +got):\n%s", text, diff)
		}
		if got := m.Roots(); len(got) != 0 {
			t.Errorf("%s: got the sections %q", text, got)
		}
		for _, path := range []string{"", "/a", "/a/b/0", "/nothing"} {
			if got, want := m.Risk(pointer(t, path)), schema.NewRiskSet(schema.RiskUnclassed); got != want {
				t.Errorf("%s: risk of %q: got %s, want %s", text, path, got, want)
			}
		}
		null, _ := tree.DecodeObject([]byte(`{"a":null}`))
		if report := m.Check(null); report.Issues.Count != 1 || report.Issues.First[0].Path != "/a" {
			t.Errorf("%s: a null, which TOML cannot hold: got %v", text, report)
		}
	}
}

// TestLoad_check has for each sort of mistake the issue in one line.
func TestLoad_check(t *testing.T) {
	const server = `"properties":{"host":{"type":"string"},"port":{"type":"integer","minimum":1,"maximum":65535},"mode":{"enum":["fast","safe"]}}`
	for _, c := range []struct{ schema, config, want string }{
		{`{` + server + `}`, `{"host":1}`, "type /host: expected string, got integer"},
		{`{` + server + `}`, `{"port":"80"}`, "type /port: expected integer, got string; write 80 without quotes"},
		{`{` + server + `}`, `{"port":0}`, "range /port: must be at least 1"},
		{`{` + server + `}`, `{"port":70000}`, "range /port: must be at most 65535"},
		{`{` + server + `}`, `{"mode":"fats"}`, `enum /mode: not one of the allowed values; did you mean "fast"?`},
		{`{` + server + `,"additionalProperties":false}`, `{"hots":"a"}`, "unknown_key /hots: no such key; did you mean /host?"},
		{`{` + server + `,"required":["host"]}`, `{"hots":"a"}`, "missing /host: a required key is missing; add it: it is a string"},
		{`{` + server + `,"additionalProperties":false,"required":["host"]}`, `{"hots":"a"}`, "unknown_key /hots: no such key; did you mean /host?"},
		{`{"anyOf":[{"required":["a"]},{"required":["b"]}]}`, `{"c":1}`, "missing /a: one of several keys is required; add a or b"},
		{`{"dependentRequired":{"a":["b"]}}`, `{"a":1}`, "missing /b: a key is missing that a needs; add it, or remove /a"},
		{`{"properties":{"a":{"exclusiveMinimum":0}}}`, `{"a":0}`, "range /a: must be more than 0"},
		{`{"properties":{"a":{"multipleOf":0.1}}}`, `{"a":0.25}`, "range /a: must be a multiple of 0.1"},
		{`{"properties":{"a":{"minLength":3}}}`, `{"a":"äö"}`, "range /a: must have at least 3 characters"},
		{`{"properties":{"a":{"maxItems":1}}}`, `{"a":[1,2]}`, "range /a: must have at most 1 entry"},
		{`{"properties":{"a":{"uniqueItems":true}}}`, `{"a":[1,2,1]}`, "rule /a/2: the list has an equal entry before this one; remove one of them"},
		{`{"properties":{"a":{"pattern":"^v\\d+$"}}}`, `{"a":"x"}`, `format /a: does not match the pattern "^v\\d+$"`},
		{`{"properties":{"a":{"format":"date-time"}}}`, `{"a":"x"}`, "format /a: not a date-time; write it like 2026-11-28T05:00:00Z"},
		{`{"propertyNames":{"enum":["linux","windows"]}}`, `{"linus":1}`, "unknown_key /linus: not a name that is allowed here; did you mean /linux?"},
		{`{"propertyNames":{"pattern":"^[a-z]+$"}}`, `{"A":1}`, `format /A: not a name that is allowed here; a name here matches "^[a-z]+$"`},
		{`{"propertyNames":{"$ref":"#/$defs/n"},"$defs":{"n":{"maxLength":3}}}`, `{"a":1,"abcd":1,"b":1}`, "format /abcd: not a name that is allowed here; it may have at most 3 characters"},
		{`{"not":{"required":["a","b"]}}`, `{"a":1,"b":2}`, "rule the configuration: this value is one that the schema excludes here; keep only one of a and b"},
		{`{"properties":{"a":{"contains":{"const":1}}}}`, `{"a":[2]}`, "rule /a: needs at least 1 entries of a certain form"},
		{`{"properties":{"a":{"oneOf":[{"type":"integer"},{"minimum":2}]}}}`, `{"a":3}`, "rule /a: this fits 2 of the forms that the schema has here, and must fit only one; the schema of the place describes the forms"},
		{`{"properties":{"a":false}}`, `{"a":3}`, "rule /a: the schema does not allow this key together with the others; remove it, or change what it does not go together with"},
		{`{"properties":{"a":{"prefixItems":[{}],"items":false}}}`, `{"a":[1,2]}`, "unknown_key /a/1: the schema allows no entry here; remove it: the list has 2"},
		{`{"if":{"properties":{"a":{"const":1}}},"then":{"required":["b"]}}`, `{"a":1}`, "missing /b: a required key is missing; add it"},
		{`{"unevaluatedProperties":false,"allOf":[{"properties":{"a":{}}}]}`, `{"a":1,"bcdef":1}`, "unknown_key /bcdef: no such key; there are a"},
		// The branch that the value means, and what all branches have in common.
		{`{"properties":{"a":{"anyOf":[{"type":"string"},{"type":"array"},{"type":"null"}]}}}`, `{"a":1}`, "type /a: expected string or array, got integer"},
		{`{"properties":{"a":{"oneOf":[{"const":"x"},{"enum":["y","zebra"]}]}}}`, `{"a":"zebar"}`, `enum /a: not one of the allowed values; did you mean "zebra"?`},
		{`{"properties":{"a":{"oneOf":[{"properties":{"t":{"const":"x"},"n":{"type":"integer"}}},{"properties":{"t":{"const":"y"},"n":{"type":"string"}}}]}}}`, `{"a":{"t":"y","n":3}}`, "type /a/n: expected string, got integer"},
		{`{"properties":{"a":{"anyOf":[{"type":"string"},{"type":"object","properties":{"b":{"type":"integer"}}}]}}}`, `{"a":{"b":"c"}}`, "type /a/b: expected integer, got string"},
		// References, also recursive ones.
		{`{"$ref":"#/$defs/n","$defs":{"n":{"properties":{"n":{"$ref":"#/$defs/n"},"i":{"type":"integer"}}}}}`, `{"n":{"n":{"i":"x"}}}`, "type /n/n/i: expected integer, got string"},
		{`{"properties":{"a":{"$ref":"#"}},"additionalProperties":false}`, `{"a":{"a":{"b":1}}}`, "unknown_key /a/a/b: no such key; there are a"},
		// Keys that a pointer escapes, and those that mean something in JavaScript.
		{`{"additionalProperties":{"type":"integer"}}`, `{"a~b/c":"x"}`, "type /a~0b~1c: expected integer, got string"},
		{`{"properties":{"__proto__":{"type":"integer"}}}`, `{"__proto__":"x","constructor":"y"}`, "type /__proto__: expected integer, got string"},
		// Numbers are exact.
		{`{"properties":{"a":{"maximum":9007199254740992}}}`, `{"a":9007199254740993}`, "range /a: must be at most 9007199254740992"},
		{`{"properties":{"a":{"const":9007199254740993}}}`, `{"a":9007199254740992}`, "enum /a: not one of the allowed values; it must be 9007199254740993"},
		{`{"properties":{"a":{}}}`, `{"a":18446744073709551615}`, "range /a: must be at most 9223372036854775807"},
	} {
		m := loadModel(t, c.schema)
		report := m.Check(object(t, c.config))
		var got []string
		for _, i := range report.Issues.First {
			got = append(got, string(i.Kind)+" "+i.Text())
		}
		if diff := cmp.Diff([]string{c.want}, got); diff != "" {
			t.Errorf("%s with %s (-want +got):\n%s", c.schema, c.config, diff)
		}
	}
}

// TestLoad_mistakes has schemas that cannot be used, and a part of the error.
func TestLoad_mistakes(t *testing.T) {
	laughs := `{"$ref":"#/$defs/0","$defs":{"30":{"type":"object"}`
	for i := range 30 {
		next := string(rune('0'+(i+1)/10)) + string(rune('0'+(i+1)%10))
		name := string(rune('0'+i/10)) + string(rune('0'+i%10))
		next, name = strings.TrimPrefix(next, "0"), strings.TrimPrefix(name, "0")
		if name == "" {
			name = "0"
		}
		laughs += `,"` + name + `":{"allOf":[{"$ref":"#/$defs/` + next + `"},{"$ref":"#/$defs/` + next + `"}],"anyOf":[{"$ref":"#/$defs/` + next + `"},{"$ref":"#/$defs/` + next + `"}]}`
	}
	laughs += `}}`
	for name, c := range map[string]struct{ schema, want string }{
		"empty":                   {``, "the schema is not JSON"},
		"half":                    {`{`, "the schema is not JSON"},
		"twice":                   {`{"a":1,"a":2}`, "the schema is not JSON"},
		"a list":                  {`[]`, `at "": a schema is an object, true or false`},
		"a text":                  {`"{}"`, `at "": a schema is an object, true or false`},
		"no text":                 {"\x00", "the schema is not JSON"},
		"no type":                 {`{"properties":{"a":{"type":"text"}}}`, `at "/properties/a/type": text is no type`},
		"types":                   {`{"type":5}`, `at "/type": a list of texts is needed`},
		"properties":              {`{"properties":[]}`, `at "/properties": an object is needed`},
		"a property":              {`{"properties":{"a":1}}`, `at "/properties/a": a schema is an object, true or false`},
		"minimum":                 {`{"minimum":"1"}`, `at "/minimum": a number is needed`},
		"length":                  {`{"minLength":-1}`, `at "/minLength": a whole number is needed that is not negative`},
		"multiple":                {`{"multipleOf":0}`, `at "/multipleOf": a number above 0 is needed`},
		"nothing there":           {`{"$ref":"#/$defs/a"}`, `at "/$ref": there is nothing at #/$defs/a`},
		"no anchor":               {`{"$ref":"#a"}`, `at "/$ref": nothing in the schema has the anchor a`},
		"remote":                  {`{"properties":{"a":{"$ref":"https://example.com/a/b.json#/x"}}}`, `at "/properties/a/$ref": it refers to https://example.com/a/b.json, and nothing is fetched from the network: save that as b.json beside the schema`},
		"a file":                  {`{"$ref":"b.json"}`, `at "/$ref": it refers to the file b.json, and the directory of the schema is not known`},
		"several files":           {`{"allOf":[{"$ref":"b.json"},{"$ref":"c.json"},{"$ref":"d.json"}]}`, `also missing: c.json and d.json`},
		"too long":                {`{"a":"` + strings.Repeat("x", 8<<20) + `"}`, "8388608 is the limit"},
		"deep":                    {strings.Repeat(`{"not":`, 20_000) + `{}` + strings.Repeat(`}`, 20_000), "the schema is not JSON"},
		"a recursive one is fine": {`{"$ref":"#"}`, ""},
		"in a circle":             {`{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}`, ""},
		"many times over":         {laughs, ""},
		"never":                   {`false`, ""},
		"unknown keyword":         {`{"frobnicate":[1]}`, ""},
	} {
		m, err := schema.Load([]byte(c.schema), schema.LoadOptions{})
		switch {
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: got %.300v, want %s", name, err, c.want)
		case c.want == "" && err != nil:
			t.Errorf("%s: got %v", name, err)
		case c.want == "":
			config := object(t, `{"a":{"b":1}}`)
			if report := m.Check(config); report.IsValid() == (name == "never") {
				t.Errorf("%s: got %v", name, report)
			}
			m.Fill(config)
			m.Describe(nil)
			m.Search("something")
		}
	}
}

// Parts of a schema that are not known are ignored, and listed.
func TestLoad_ignored(t *testing.T) {
	m := loadModel(t, `{"properties":{"a":{"pattern":"(a)\\1"},"b":{"format":"quantum"},"c":{"pattern":"^(?!x)"},"d":{"pattern":"("}}}`)
	want := []string{
		`/properties/a/pattern: the regular expression (a)\1 has a back reference, which is not supported at character 4`,
		`/properties/b/format: no rule checks the format quantum`,
		`/properties/d/pattern: the regular expression ( has a ( without its ) at character 1`,
	}
	got := m.Ignored()
	if diff := cmp.Diff(want, sorted(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if report := m.Check(object(t, `{"a":"b","b":"x","c":"xy"}`)); report.Issues.Count != 1 || report.Issues.First[0].Path != "/c" {
		t.Errorf("got %v, want one issue at /c", report)
	}
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}

// TestLoad_unknownTag lists the values of all forms of an object for the key that says which
// is meant.
func TestLoad_unknownTag(t *testing.T) {
	const text = `{"properties":{"of":{"oneOf":[
		{"properties":{"kind":{"const":"A"},"x":{"type":"integer"}},"required":["kind","x"]},
		{"properties":{"kind":{"enum":["B","A2"]},"y":{}},"required":["kind","y"]}]}}}`
	for config, want := range map[string]string{
		`{"of":{"kind":"C","x":1}}`:   `/of/kind: not one of the allowed values; use one of A, B, A2`,
		`{"of":{"kind":"A2"}}`:        `/of/y: a required key is missing; add it`,
		`{"of":{"kind":"A","x":"1"}}`: `/of/x: expected integer, got string; write 1 without quotes`,
	} {
		issues := loadModel(t, text).Check(object(t, config)).Issues.First
		if len(issues) != 1 || issues[0].Text() != want {
			t.Errorf("%s: got %v, want %s", config, issues, want)
		}
	}
}

// TestLoad_rivals names the keys that exclude each other.
func TestLoad_rivals(t *testing.T) {
	for _, test := range []struct{ schema, config, want string }{
		{`{"properties":{"license":{"oneOf":[{"properties":{"file":{"type":"string"}},"required":["file"],"additionalProperties":false},{"properties":{"text":{"type":"string"}},"required":["text"],"additionalProperties":false}]}}}`,
			`{"license":{"file":"a","text":"b"}}`, `/license/text: this key does not go together with file; keep one of them; in a patch, null removes a key`},
		{`{"properties":{"license":{"oneOf":[{"properties":{"file":{"type":"string"}},"required":["file"],"additionalProperties":false},{"properties":{"text":{"type":"string"}},"required":["text"],"additionalProperties":false}]}}}`,
			`{"license":{"file":"a","txet":"b"}}`, `/license/txet: no such key; did you mean /license/text?`},
		{`{"properties":{"version":{"type":"object","oneOf":[{"properties":{"source":false,"path":{}},"required":["path"]},{"properties":{"path":false,"source":{}},"required":["source"]}]}}}`,
			`{"version":{"path":"a","source":"b"}}`, `/version/source: the schema does not allow this key together with path; keep one of them; in a patch, null removes a key`},
	} {
		issues := loadModel(t, test.schema).Check(object(t, test.config)).Issues.First
		if len(issues) != 1 || issues[0].Text() != test.want {
			t.Errorf("%s: got %v, want %s", test.config, issues, test.want)
		}
	}
}
