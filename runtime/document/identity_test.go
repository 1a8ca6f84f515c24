package document

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"realmconf/schema/tree"
)

// listForms are the ways to write a list of objects. Each entry has a comment,
// with its name, at every place that may have one.
type listForm struct {
	name        string
	open, close string
	entry       func(id, name string, v int) string
	between     string
	isArray     bool // comment lines above a removed element stay
}

var listForms = []listForm{
	{
		name: "sections",
		open: "# top\n\n[l]\nz = 1 # z\n\n",
		entry: func(id, name string, v int) string {
			return fmt.Sprintf("# above %[2]s\n[[l.x]] # header %[2]s\n%[1]s = '%[2]s' # id %[2]s\nv   =   %[3]d # v %[2]s\n\n[l.x.s] # sub %[2]s\nk = 'k%[2]s' # k %[2]s\n# end %[2]s\n", id, name, v)
		},
		between: "\n",
		close:   "\n# of y\n[y]\nz = 2\n",
	},
	{
		name: "array over several lines",
		open: "# top\n\n[l]\nz = 1 # z\nx = [ # open\n",
		entry: func(id, name string, v int) string {
			return fmt.Sprintf("    # above %[2]s\n    { %[1]s='%[2]s',  v   =   %[3]d, s.k = 'k%[2]s' }, # behind %[2]s\n", id, name, v)
		},
		close:   "    # last\n] # closed\n\n# of y\n[y]\nz = 2\n",
		isArray: true,
	},
	{
		name: "commas in front",
		open: "l.z = 1 # z\nl.x = [ # open\n",
		entry: func(id, name string, v int) string {
			return fmt.Sprintf("    # above %[2]s\n    { %[1]s='%[2]s',  v   =   %[3]d, s.k = 'k%[2]s' } # before the comma %[2]s\n   ,\n", id, name, v)
		},
		close:   "    # last\n] # closed\ny.z = 2\n",
		isArray: true,
	},
}

// listEntry is an entry of such a list, with the one value that tests change.
type listEntry struct {
	name string
	v    int
}

// textOf writes a list in a form, whose entries are identified by a member.
func (form listForm) textOf(entries []listEntry, id string) string {
	var b strings.Builder
	for i, e := range entries {
		if i > 0 {
			b.WriteString(form.between)
		}
		b.WriteString(form.entry(id, e.name, e.v))
	}
	return form.open + b.String() + form.close
}

// keyOfX returns the function for documents in which only the list /l/x has an
// identity.
func keyOfX(id string) keyFunc {
	return func(p tree.Pointer) string {
		if p.String() == "/l/x" {
			return id
		}
		return ""
	}
}

// TestEdit_listIdentity changes a list in each form, with several identities and
// without.
func TestEdit_listIdentity(t *testing.T) {
	abc := []listEntry{{"a", 1}, {"b", 2}, {"c", 3}}
	for _, c := range []struct {
		name    string
		have    []listEntry
		want    []listEntry
		removed string // the entry whose comments may go
	}{
		{"move", abc, []listEntry{{"c", 3}, {"a", 1}, {"b", 2}}, ""},
		{"move and change of the moved", abc, []listEntry{{"c", 9}, {"a", 1}, {"b", 2}}, ""},
		{"move and change of another", abc, []listEntry{{"c", 3}, {"a", 1}, {"b", 9}}, ""},
		{"exchange and change of all", abc, []listEntry{{"c", 7}, {"b", 8}, {"a", 9}}, ""},
		{"reverse", abc, []listEntry{{"c", 3}, {"b", 2}, {"a", 1}}, ""},
		{"reverse and change of the middle one", abc, []listEntry{{"c", 3}, {"b", 9}, {"a", 1}}, ""},
		{"reverse and change of an end", abc, []listEntry{{"c", 9}, {"b", 2}, {"a", 1}}, ""},
		{"removal from the middle", abc, []listEntry{{"a", 1}, {"c", 3}}, "b"},
		{"removal from the middle, and changes", abc, []listEntry{{"a", 8}, {"c", 9}}, "b"},
		{"removal and move", abc, []listEntry{{"c", 3}, {"a", 1}}, "b"},
		{"removal at the end", abc, []listEntry{{"a", 1}, {"b", 2}}, "c"},
	} {
		for _, form := range listForms {
			for _, id := range []string{"name", "id", "source_uuid", "no identity"} {
				t.Run(strings.Join([]string{c.name, form.name, id}, "/"), func(t *testing.T) {
					member, keyOf := id, keyOfX(id)
					if id == "no identity" {
						member, keyOf = "name", func(tree.Pointer) string { return "" }
					}
					wanted := form.textOf(c.want, member)
					d := mustParse(t, form.textOf(c.have, member))
					want := mustParse(t, wanted).Tree()
					next, reformatted, err := d.Edit(want, keyOf)
					if err != nil || len(reformatted) > 0 {
						t.Fatalf("got %v, %v", reformatted, err)
					}
					got := string(next.Text())
					if form.isArray && c.removed != "" {
						above := "    # above " + c.removed + "\n"
						if !strings.Contains(got, above) {
							t.Errorf("the comment above the removed element is gone:\n%s", got)
						}
						got = strings.Replace(got, above, "", 1)
						if strings.Contains(form.entry("", "", 0), "before the comma") {
							got = strings.Replace(got, "    # before the comma "+c.removed+"\n", "", 1)
						}
					}
					if diff := cmp.Diff(wanted, got); diff != "" {
						t.Errorf("text (-want +got):\n%s", diff)
					}
				})
			}
		}
	}
}

// A comment of a list disappears only with the entry that it belongs to.
func TestEdit_listIdentityOfAnyChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		form := rapid.SampledFrom(listForms).Draw(t, "form")
		id := rapid.SampledFrom([]string{"name", ""}).Draw(t, "identity")
		var have []listEntry
		for i := range rapid.IntRange(1, 6).Draw(t, "entries") {
			have = append(have, listEntry{fmt.Sprint("n", i), i})
		}
		var kept, want []listEntry
		for _, e := range rapid.Permutation(have).Draw(t, "order") {
			switch rapid.IntRange(0, 5).Draw(t, "act") {
			case 0: // removed
				continue
			case 1:
				e.v += 100
			case 2:
				want = append(want, listEntry{"new" + e.name, 1000 + e.v})
			}
			kept, want = append(kept, e), append(want, e)
		}
		if len(want) == 0 {
			return
		}
		d, err := Parse([]byte(form.textOf(have, "name")))
		if err != nil {
			t.Fatal(err)
		}
		wanted, err := Parse([]byte(form.textOf(want, "name")))
		if err != nil {
			t.Fatal(err)
		}
		next, reformatted, err := d.Edit(wanted.Tree(), keyOfX(id))
		if err != nil || len(reformatted) > 0 {
			t.Fatalf("got %v, %v", reformatted, err)
		}
		got := string(next.Text())
		for _, part := range []string{form.open, form.close} {
			if !strings.Contains(got, part) {
				t.Fatalf("lost %q\nof\n%s\nby wanting %v\ngot\n%s", part, d.Text(), want, got)
			}
		}
		for _, e := range kept {
			entry := strings.TrimSuffix(form.entry("name", e.name, e.v), "   ,\n") // the last one may lose its comma
			if !strings.Contains(got, entry) {
				t.Fatalf("lost %q\nof\n%s\nby wanting %v\ngot\n%s", entry, d.Text(), want, got)
			}
		}
	})
}

// A list in an entry that moved and changed is edited by its own identity, with
// its pointer in the whole document.
func TestEdit_listIdentityInsideAMovedEntry(t *testing.T) {
	entry := func(name, first, second string, v int) string {
		return fmt.Sprintf("# %[1]s\n[[l.x]] # header\nname = '%[1]s' # name\n\n# %[2]s\n[[l.x.y]]\nid = '%[2]s'  # id\nv = %[4]d # v\n\n# %[3]s\n[[l.x.y]]\nid = '%[3]s'   # id\nv = %[4]d # v\n", name, first, second, v)
	}
	text := "top = 1\n\n" + entry("a", "p", "q", 1) + "\n" + entry("b", "r", "s", 1)
	d := mustParse(t, text)
	asked := make(map[string]bool)
	keyOf := keyFunc(func(p tree.Pointer) string {
		asked[p.String()] = true
		if p[len(p)-1] == "x" {
			return "name"
		}
		return "id"
	})
	want := patched(t, d, `{"l":{"x":[{"name":"b","y":[{"id":"s","v":2},{"id":"r","v":2}]},{"name":"a","y":[{"id":"q","v":1},{"id":"p","v":1}]}]}}`)
	next, reformatted, err := d.Edit(want, keyOf)
	if err != nil || len(reformatted) > 0 {
		t.Fatalf("got %v, %v", reformatted, err)
	}
	// The exchanged entries of y have different numbers of blanks.
	wanted := "top = 1\n\n" + entry("b", "s", "r", 2) + "\n" + entry("a", "q", "p", 1)
	for _, id := range []string{"s", "q"} {
		wanted = strings.Replace(wanted, "'"+id+"'  #", "'"+id+"'   #", 1)
	}
	for _, id := range []string{"r", "p"} {
		wanted = strings.Replace(wanted, "'"+id+"'   #", "'"+id+"'  #", 1)
	}
	if diff := cmp.Diff(wanted, string(next.Text())); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	for _, p := range []string{"/l/x", "/l/x/0/y", "/l/x/1/y"} {
		if !asked[p] {
			t.Errorf("the identity of %s was not asked for: %v", p, asked)
		}
	}
}
