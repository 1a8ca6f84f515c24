package schema

import (
	"fmt"
	"strings"
	"testing"
)

// chainOf returns a schema of n definitions, each of which leads to the next by a link, a
// format for the number of the next one.
func chainOf(n int, link string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "{"+link+`,"$defs":{`, 0)
	for i := range n {
		fmt.Fprintf(&b, `"d%d":{`+link+"},", i, i+1)
	}
	fmt.Fprintf(&b, `"d%d":{"properties":{"a":{"type":"integer"}}}}}`, n)
	return b.String()
}

// A long chain of schemas for one value is refused, with its place, and takes no time; a
// short one is understood.
func TestLoad_chains(t *testing.T) {
	for _, link := range []string{
		`"$ref":"#/$defs/d%d"`, `"allOf":[{"$ref":"#/$defs/d%d"}]`, `"anyOf":[{"$ref":"#/$defs/d%d"}]`, `"oneOf":[{"$ref":"#/$defs/d%d"}]`,
		`"$dynamicRef":"#/$defs/d%d"`, `"if":{"$ref":"#/$defs/d%d"}`, `"dependentSchemas":{"a":{"$ref":"#/$defs/d%d"}}`,
	} {
		if _, err := Load([]byte(chainOf(60, link)), LoadOptions{}); err != nil {
			t.Errorf("%s: a short chain: got %v", link, err)
		}
		_, err := Load([]byte(chainOf(5_000, link)), LoadOptions{})
		if err == nil || !strings.Contains(err.Error(), `at "": a chain of more than 200 schemas begins here`) {
			t.Errorf("%s: a long chain: got %v", link, err)
		}
	}
}
