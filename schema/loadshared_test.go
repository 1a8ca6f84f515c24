package schema_test

import (
	"strconv"
	"sync"
	"testing"

	"realmconf/schema"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// The methods of a loaded model may be called at the same time, also those that make
// nodes for names that the schema does not list.
func TestLoad_sameTime(t *testing.T) {
	m := loadModel(t, `{"properties":{"child":{"$ref":"#"}},"patternProperties":{"^x":{"properties":{"a":{"default":1},"token":{"type":"string"}},"required":["a"]}},"additionalProperties":{"anyOf":[{"type":"string"},{"$ref":"#"}]}}`)
	config := object(t, `{"child":{"x1":{"a":2,"token":"t"},"other":{"x2":{}}},"y":{"child":{"z":"s"}}}`)
	var group sync.WaitGroup
	results := make([]string, 8)
	for i := range results {
		group.Go(func() {
			report := m.Check(config)
			filled := m.Fill(config)
			masked := m.Mask(filled, func(p tree.Pointer, _ any) string { return schema.Token{Generation: 1, Path: p}.String() })
			m.Search("token")
			d, _ := m.Describe(pointer(t, "/child/x1/token"))
			results[i] = string(tree.Append(nil, []any{masked, d, m.Risk(pointer(t, "/child/other/x2")).String(), int64(report.Issues.Count)}))
		})
	}
	group.Wait()
	for _, r := range results[1:] {
		if r != results[0] {
			t.Errorf("got %s and %s", results[0], r)
		}
	}
}

// The work of a check grows with the length of the configuration, whatever the branches
// of a recursive schema.
func TestLoad_growth(t *testing.T) {
	m := loadModel(t, `{"$ref":"#/$defs/v","$defs":{"v":{"anyOf":[{"type":"string"},{"type":"integer"},{"type":"object","additionalProperties":{"$ref":"#/$defs/v"}},{"type":"array","items":{"anyOf":[{"$ref":"#/$defs/v"},{"$ref":"#/$defs/w"}]}}]},"w":{"oneOf":[{"$ref":"#/$defs/v"},{"type":"boolean"}]}}}`)
	treetest.CheckGrowth(t, func(n int) func() {
		config := tree.Object{}
		for i := range n {
			config["key"+strconv.Itoa(i)] = tree.Object{"a": []any{tree.Object{"b": []any{int64(1), 1.5}}, "x"}}
		}
		return func() { m.Check(config) }
	})
}

// A recursive schema with several branches that all descend takes no exponential time,
// in a deep value that none of them allows.
func TestLoad_deep(t *testing.T) {
	for _, more := range []string{"", `,"unevaluatedProperties":false`} {
		m := loadModel(t, `{"$ref":"#/$defs/v","$defs":{"v":{"anyOf":[{"properties":{"a":{"$ref":"#/$defs/v"},"x":{"const":1}}},{"properties":{"a":{"$ref":"#/$defs/v"},"x":{"const":2}}},{"type":"string"}]`+more+`}}}`)
		config := tree.Object{"x": int64(3)}
		for range 60 {
			config = tree.Object{"a": config}
		}
		report := m.Check(config)
		if report.Issues.Count == 0 || report.Issues.Count > 10 {
			t.Errorf("%s: got %d issues", more, report.Issues.Count)
		}
		m.Fill(config)
	}
}
