package schema_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema/tree"
)

// TestLoad_infinite checks inf and nan, which a configuration has as texts, in the place of
// numbers: those of the file are numbers, and a text that a write puts where no number
// was is none.
func TestLoad_infinite(t *testing.T) {
	m := loadModel(t, `{"properties":{"a":{"type":"number"},"limit":{"type":"number","maximum":10},"list":{"items":{"type":"number"}},"count":{"type":"integer"},"text":{"type":"string"},"both":{"type":["number","string"],"enum":["inf",1]}}}`)
	for name, c := range map[string]struct {
		prev, next string
		want       []string
	}{
		"in the file":         {``, `{"a":"inf","list":["-inf","nan",1.5],"text":"inf","both":"inf"}`, nil},
		"beyond a limit":      {``, `{"limit":"+inf"}`, []string{"/limit: must be at most 10"}},
		"below a limit":       {``, `{"limit":"-inf"}`, nil},
		"no integer":          {``, `{"count":"inf"}`, []string{"/count: expected integer, got string"}},
		"another text":        {``, `{"a":"infinite"}`, []string{"/a: expected number, got string"}},
		"kept":                {`{"a":"inf"}`, `{"a":"inf","text":"x"}`, nil},
		"in place of another": {`{"a":1.5,"list":["inf"]}`, `{"a":"nan","list":["-inf"]}`, nil},
		"in a new place":      {`{"text":"x"}`, `{"a":"inf"}`, []string{"/a: expected number, got string"}},
	} {
		var prev []tree.Object
		if c.prev != "" {
			prev = append(prev, object(t, c.prev))
		}
		var got []string
		for _, i := range m.Check(object(t, c.next), prev...).Issues.First {
			got = append(got, i.Text())
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
