package document

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema/tree"
)

// editCase is one promise about an edit: a text, a merge patch of its tree, and
// the text that comes out. The first newline of a text is not part of it.
type editCase struct{ name, text, patch, want string }

func runEdits(t *testing.T, cases []editCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := mustParse(t, strings.TrimPrefix(c.text, "\n"))
			want := patched(t, d, c.patch)
			next, reformatted, err := d.Edit(want, byID)
			if err != nil {
				t.Fatalf("Edit: %v", err)
			}
			if diff := cmp.Diff(strings.TrimPrefix(c.want, "\n"), string(next.Text())); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			if len(reformatted) != 0 {
				t.Errorf("got reformatted %v, want none", reformatted)
			}
			if !tree.Equal(next.Tree(), want) {
				t.Errorf("got tree %v, want %v", next.Tree(), want)
			}
		})
	}
}

// keyFunc is a model that declares no name. It returns the member that identifies the
// entries of a list.
type keyFunc func(tree.Pointer) string

func (f keyFunc) Key(p tree.Pointer) string { return f(p) }
func (keyFunc) MayRename(tree.Pointer) bool { return true }
func (keyFunc) Declares(tree.Pointer) bool  { return false }

// byID is for lists whose entries are identified by the member id.
var byID keyFunc = func(tree.Pointer) string { return "id" }

func mustParse(t testing.TB, text string) *Document {
	t.Helper()
	d, err := Parse([]byte(text))
	if err != nil {
		t.Fatalf("Parse(%q): %v", text, err)
	}
	return d
}

func patched(t testing.TB, d *Document, patch string) tree.Object {
	t.Helper()
	p, err := tree.Decode([]byte(patch))
	if err != nil {
		t.Fatalf("patch %s: %v", patch, err)
	}
	return tree.Merge(d.Tree(), p).(map[string]any)
}
