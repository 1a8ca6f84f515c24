package jsonschema

import (
	"slices"
	"strings"
	"testing"

	oracle "github.com/santhosh-tekuri/jsonschema/v6"

	"realmconf/schema/tree"
)

func decode(t *testing.T, text string) any {
	v, err := tree.DecodeUnlimited([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// isValid reports whether a value is valid.
func isValid(t *testing.T, schema, value string) bool {
	t.Helper()
	doc, err := Compile([]byte(schema), Options{})
	if err != nil {
		t.Fatal(err)
	}
	is := true
	doc.Find(decode(t, value), func(Violation) { is = false })
	return is
}

// isValidElsewhere reports whether a value is valid for another implementation.
func isValidElsewhere(t *testing.T, schema, value string) bool {
	c := oracle.NewCompiler()
	if err := c.AddResource("file:///schema.json", decode(t, schema)); err != nil {
		t.Fatal(err)
	}
	theirs, err := c.Compile("file:///schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return theirs.Validate(decode(t, value)) == nil
}

// TestFind_recursiveRef checks $recursiveRef of draft 2019-09, of which the suite's copy
// has no cases.
func TestFind_recursiveRef(t *testing.T) {
	const dialect = `"$schema":"https://json-schema.org/draft/2019-09/schema",`
	const treeSchema = `{"$id":"http://x.test/tree","$recursiveAnchor":true,"type":"object","properties":{"child":{"$recursiveRef":"#"}}}`
	const fixedTree = `{"$id":"http://x.test/tree","type":"object","properties":{"child":{"$recursiveRef":"#"}}}`
	for name, c := range map[string]struct{ schema, valid, invalid string }{
		"of the same schema":    {`{` + dialect + `"properties":{"child":{"$recursiveRef":"#"}},"additionalProperties":false}`, `{"child":{"child":{}}}`, `{"child":{"name":1}}`},
		"extended":              {`{` + dialect + `"$id":"http://x.test/strict","$recursiveAnchor":true,"$ref":"tree","unevaluatedProperties":false,"$defs":{"t":` + treeSchema + `}}`, `{"child":{"child":{}}}`, `{"child":{"name":1}}`},
		"target without anchor": {`{` + dialect + `"$id":"http://x.test/strict","$recursiveAnchor":true,"$ref":"tree","unevaluatedProperties":false,"$defs":{"t":` + fixedTree + `}}`, `{"child":{"name":1}}`, `{"name":1}`},
		"outer without anchor":  {`{` + dialect + `"$id":"http://x.test/strict","$ref":"tree","unevaluatedProperties":false,"$defs":{"t":` + treeSchema + `}}`, `{"child":{"name":1}}`, `{"name":1}`},
		"anchor that is false":  {`{` + dialect + `"$id":"http://x.test/strict","$recursiveAnchor":false,"$ref":"tree","unevaluatedProperties":false,"$defs":{"t":` + treeSchema + `}}`, `{"child":{"name":1}}`, `{"name":1}`},
		"the way decides": {`{` + dialect + `"$id":"http://x.test/main","if":{"required":["names"]},"then":{"$id":"texts","$recursiveAnchor":true,"$ref":"tree","properties":{"name":{"type":"string"}}},"else":{"$id":"numbers","$recursiveAnchor":true,"$ref":"tree","properties":{"name":{"type":"integer"}}},"$defs":{"t":` + treeSchema + `}}`,
			`{"names":1,"child":{"name":"a"}}`, `{"child":{"name":"a"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			for value, valid := range map[string]bool{c.valid: true, c.invalid: false} {
				if is := isValid(t, c.schema, value); is != valid {
					t.Errorf("%s: %t", value, is)
				}
				if is := isValidElsewhere(t, c.schema, value); is != valid {
					t.Errorf("%s: the other implementation says %t", value, is)
				}
			}
		})
	}
}

// TestCompile_nameWithAddress refers to schemas of the drafts up to 7 whose $id has an
// address and a name.
func TestCompile_nameWithAddress(t *testing.T) {
	const dialect = `"$schema":"http://json-schema.org/draft-07/schema#",`
	for name, schema := range map[string]string{
		"two names of one address":  `{` + dialect + `"properties":{"n":{"$ref":"http://x.test/a#n"},"s":{"$ref":"http://x.test/a#s"}},"definitions":{"n":{"$id":"http://x.test/a#n","type":"integer"},"s":{"$id":"http://x.test/a#s","type":"string"}}}`,
		"beside the whole":          `{` + dialect + `"properties":{"n":{"$ref":"http://x.test/a#n"},"s":{"$ref":"http://x.test/a"}},"definitions":{"n":{"$id":"http://x.test/a#n","type":"integer"},"s":{"$id":"http://x.test/a","type":"string"}}}`,
		"of the document":           `{` + dialect + `"$id":"http://x.test/main#root","properties":{"n":{"$ref":"#/definitions/n"},"s":{"$ref":"#s"}},"definitions":{"n":{"type":"integer"},"s":{"$id":"http://x.test/main#s","type":"string"}}}`,
		"relative to another place": `{` + dialect + `"$id":"http://x.test/b/main","properties":{"n":{"$ref":"a#n"},"s":{"$ref":"http://x.test/b/a#s"}},"definitions":{"n":{"$id":"a#n","type":"integer"},"s":{"$id":"a#s","type":"string"}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			for value, valid := range map[string]bool{`{"n":1,"s":"a"}`: true, `{"n":"a"}`: false, `{"s":1}`: false} {
				if is := isValid(t, schema, value); is != valid {
					t.Errorf("%s: %t", value, is)
				}
			}
		})
	}
}

// TestCompile_draft3 names the keywords of draft 3 that have no effect.
func TestCompile_draft3(t *testing.T) {
	doc, err := Compile([]byte(`{"$schema":"http://json-schema.org/draft-03/schema#","properties":{"a":{"required":true,"divisibleBy":2,"extends":{"minimum":3},"disallow":"string"}}}`), Options{})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(doc.Ignored)
	text := strings.Join(doc.Ignored, "\n")
	for _, keyword := range []string{"required", "divisibleBy", "extends", "disallow"} {
		if !strings.Contains(text, "/properties/a/"+keyword+": ") {
			t.Errorf("%s is not named:\n%s", keyword, text)
		}
	}
}
