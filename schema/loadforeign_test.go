package schema

import (
	"strings"
	"testing"

	"realmconf/schema/tree"
)

// A keyword of another vocabulary does not make a schema unusable: its place is held like
// one without a class, and Ignored names the place, the value and the classes there are.
func TestLoad_foreignRisk(t *testing.T) {
	const classes = "there are none, unclassed, "
	for _, c := range []struct{ risk, value string }{
		{`["bogus"]`, `"bogus"`}, {`"high"`, `"high"`}, {`{"level":3}`, `{"level":3}`}, {`3`, `3`}, {`["network","bogus"]`, `"bogus"`},
	} {
		m, err := Load([]byte(`{"properties":{"a":{"type":"string","x-risk":`+c.risk+`,"x-unset":"frob","x-key":3,"x-tag":[1]}}}`), LoadOptions{})
		if err != nil {
			t.Errorf("%s: %v", c.risk, err)
			continue
		}
		got := strings.Join(m.Ignored(), "\n")
		if !strings.HasPrefix(got, "/properties/a/x-risk: "+c.value+" is no risk class: "+classes) || !strings.HasSuffix(got, "; the place has the class unclassed") {
			t.Errorf("%s: got %q", c.risk, got)
		}
		if got := m.Risk(tree.Pointer{"a"}); !got.Has(RiskUnclassed) {
			t.Errorf("%s: got the classes %s, want unclassed", c.risk, got)
		}
	}
}

// An issue lists no value of a schema whole that is very long.
func TestCheck_longAllowedValues(t *testing.T) {
	long := strings.Repeat("x", 2<<20)
	for _, text := range []string{
		`{"properties":{"a":{"const":"` + long + `"}}}`,
		`{"properties":{"a":{"enum":["` + long + `",1]}}}`,
		`{"properties":{"a":{"enum":[["` + long + `"]]}}}`,
		`{"properties":{"a":{"not":{"enum":[2,"` + long + `"]}}}}`,
		`{"propertyNames":{"enum":["` + long + `"]}}`,
		`{"required":["b"],"properties":{"b":{"enum":["` + long + `"]}}}`,
	} {
		m, err := Load([]byte(text), LoadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		report := m.Check(tree.Object{"a": int64(2)}, tree.Object{})
		if report.Issues.Count+report.Warnings.Count == 0 {
			t.Errorf("%.60s: got no issue", text)
		}
		if got := tree.Append(nil, [][]Issue{report.Issues.First, report.Warnings.First}); len(got) > 8<<10 {
			t.Errorf("%.60s: got issues of %d bytes", text, len(got))
		}
	}
}

// A schema in another encoding, one that is nested too deeply, and a reference to a file
// of the machine are reported in words that name the cause.
func TestLoad_causes(t *testing.T) {
	if m, err := Load([]byte("\ufeff{\"properties\":{\"a\":{\"type\":\"string\"}}}"), LoadOptions{}); err != nil || m.Check(tree.Object{"a": int64(1)}, tree.Object{}).Issues.Count != 1 {
		t.Errorf("a byte order mark: got %v", err)
	}
	deep := strings.Repeat(`{"properties":{"a":`, 200)
	for text, want := range map[string]string{
		"\xff\xfe{\x00}\x00":                  "the text is UTF-16: save it as UTF-8",
		"\xfe\xff\x00{\x00}":                  "the text is UTF-16: save it as UTF-8",
		"{\x00}\x00":                          "the text is UTF-16: save it as UTF-8",
		deep:                                  "/properties/a/properties/a/…): nested deeper than 128 levels",
		`{"$ref":"file:///etc/passwd"}`:       "only files in the directory of the schema are read: save that as passwd there",
		`{"$ref":"https://x.example/a.json"}`: "nothing is fetched from the network: save that as a.json beside the schema",
	} {
		_, err := Load([]byte(text), LoadOptions{})
		if err == nil || !strings.Contains(err.Error(), want) || len(err.Error()) > 400 {
			t.Errorf("%.40q: got %v, want %s", text, err, want)
		}
	}
}
