package tree_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema/tree"
)

func TestElements_keepTheirBytes(t *testing.T) {
	const text = ` [ 1.50 , {"b":1,"b":2}, [ ] ,"\u00e9"] `
	elements, err := tree.Elements([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range elements {
		got = append(got, string(e.Value))
		if !strings.HasPrefix(text[e.Offset:], string(e.Value)) {
			t.Errorf("offset %d: got another place than that of %s", e.Offset, e.Value)
		}
	}
	if diff := cmp.Diff([]string{"1.50", `{"b":1,"b":2}`, "[ ]", `"\u00e9"`}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if none, err := tree.Elements([]byte("[]")); err != nil || len(none) != 0 {
		t.Errorf("[]: got %v, %v, want none", none, err)
	}
}

func TestElements_otherValue(t *testing.T) {
	for text, want := range map[string]tree.DecodeKind{
		"": tree.Malformed, "[1,": tree.Malformed, "[1 2]": tree.Malformed, "[1]]": tree.Malformed, "[,1]": tree.Malformed, "[1,]": tree.Malformed,
		"[\"\xff\"]": tree.Malformed, "{}": tree.Shape, "7": tree.Shape, strings.Repeat("[", tree.MaxDepth+1): tree.Malformed,
	} {
		_, err := tree.Elements([]byte(text))
		var e *tree.DecodeError
		if !errors.As(err, &e) || e.Kind != want {
			t.Errorf("%.20q: got %v, want kind %d", text, err, want)
		}
	}
}
