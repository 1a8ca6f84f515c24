package document

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema/tree"
)

// The three ways in which a list of objects may be written. Each entry has a
// comment at every place where one may be, with its name in it.
var listForms = []struct {
	name         string
	open, close  string
	entry        func(id, name string, v int) string
	between      string
	staysAbove   bool // comment lines above a removed entry stay
	commentStart string
}{
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
		close:      "    # last\n] # closed\n\n# of y\n[y]\nz = 2\n",
		staysAbove: true,
	},
	{
		name: "commas in front",
		open: "l.z = 1 # z\nl.x = [ # open\n",
		entry: func(id, name string, v int) string {
			return fmt.Sprintf("    # above %[2]s\n    { %[1]s='%[2]s',  v   =   %[3]d, s.k = 'k%[2]s' } # before the comma %[2]s\n   ,\n", id, name, v)
		},
		close:      "    # last\n] # closed\ny.z = 2\n",
		staysAbove: true,
	},
}

type identified struct {
	name string
	v    int
}

// TestEdit_listIdentity changes a list in each form, once by the identity that
// the list has, and once without any.
func TestEdit_listIdentity(t *testing.T) {
	abc := []identified{{"a", 1}, {"b", 2}, {"c", 3}}
	for _, c := range []struct {
		name      string
		have      []identified
		want      []identified
		commented string // the removed entries, whose comments may go
	}{
		{"move", abc, []identified{{"c", 3}, {"a", 1}, {"b", 2}}, ""},
		{"move and change of the moved", abc, []identified{{"c", 9}, {"a", 1}, {"b", 2}}, ""},
		{"move and change of another", abc, []identified{{"c", 3}, {"a", 1}, {"b", 9}}, ""},
		{"exchange and change of all", abc, []identified{{"c", 7}, {"b", 8}, {"a", 9}}, ""},
		{"reverse", abc, []identified{{"c", 3}, {"b", 2}, {"a", 1}}, ""},
		{"removal from the middle", abc, []identified{{"a", 1}, {"c", 3}}, "b"},
		{"removal from the middle, and changes", abc, []identified{{"a", 8}, {"c", 9}}, "b"},
		{"removal and move", abc, []identified{{"c", 3}, {"a", 1}}, "b"},
		{"removal at the end", abc, []identified{{"a", 1}, {"b", 2}}, "c"},
	} {
		for _, form := range listForms {
			for _, id := range []string{"name", "id", "source_uuid", "no identity"} {
				t.Run(strings.Join([]string{c.name, form.name, id}, "/"), func(t *testing.T) {
					member := id
					keyOf := func(p tree.Pointer) string {
						if p.String() != "/l/x" {
							return ""
						}
						return id
					}
					if id == "no identity" {
						member, keyOf = "name", nil
					}
					text := func(entries []identified, above string) string {
						var b strings.Builder
						for i, e := range entries {
							if i > 0 {
								b.WriteString(form.between)
							}
							b.WriteString(form.entry(member, e.name, e.v))
						}
						return form.open + b.String() + above + form.close
					}
					d := mustParse(t, text(c.have, ""))
					want := mustParse(t, text(c.want, "")).Tree()
					next, reformatted, err := d.Edit(want, keyOf)
					if err != nil || len(reformatted) > 0 {
						t.Fatalf("got %v, %v", reformatted, err)
					}
					got := string(next.Text())
					if form.staysAbove && c.commented != "" {
						above := "    # above " + c.commented + "\n"
						if !strings.Contains(got, above) {
							t.Errorf("the comment above the removed element is gone:\n%s", got)
						}
						got = strings.Replace(got, above, "", 1)
						if strings.Contains(form.entry("", "", 0), "before the comma") {
							got = strings.Replace(got, "    # before the comma "+c.commented+"\n", "", 1)
						}
					}
					if diff := cmp.Diff(text(c.want, ""), got); diff != "" {
						t.Errorf("text (-want +got):\n%s", diff)
					}
				})
			}
		}
	}
}

func TestEdit_lists(t *testing.T) {
	words := "[a]\nx = [\n    # words\n    # about one\n    'one', # 1\n\n    # about two\n    'two', # 2\n    # about three\n    'three', # 3\n    # end\n]\n"
	nested := "a = [\n  # about ones\n  [ 1, # 1\n    11 ], # ones\n  # about twos\n  [ 2, 22 ], # twos\n  [ ], # empty\n]\n"
	runEdits(t, []editCase{
		{"a string moved to the front", words, `{"a":{"x":["three","one","two"]}}`,
			"[a]\nx = [\n    # about three\n    'three', # 3\n    # words\n    # about one\n    'one', # 1\n\n    # about two\n    'two', # 2\n    # end\n]\n"},
		{"a string moved to the end", words, `{"a":{"x":["one","three","two"]}}`,
			"[a]\nx = [\n    # words\n    # about one\n    'one', # 1\n\n    # about three\n    'three', # 3\n    # about two\n    'two', # 2\n    # end\n]\n"},
		{"strings reversed", words, `{"a":{"x":["three","two","one"]}}`,
			"[a]\nx = [\n    # about three\n    'three', # 3\n\n    # about two\n    'two', # 2\n    # words\n    # about one\n    'one', # 1\n    # end\n]\n"},
		{"a string removed from the middle", words, `{"a":{"x":["one","three"]}}`,
			"[a]\nx = [\n    # words\n    # about one\n    'one', # 1\n\n    # about two\n    # about three\n    'three', # 3\n    # end\n]\n"},
		{"a string inserted", words, `{"a":{"x":["one","new","two","three"]}}`,
			"[a]\nx = [\n    # words\n    # about one\n    'one', # 1\n    \"new\",\n\n    # about two\n    'two', # 2\n    # about three\n    'three', # 3\n    # end\n]\n"},
		{"a string that is there twice, one of them moved", "a = [\n  'x', # x1\n  'y', # y\n  'x', # x2\n]\n", `{"a":["x","x","y"]}`,
			"a = [\n  'x', # x1\n  'x', # x2\n  'y', # y\n]\n"},
		{"a string moved between others on its line", "a = [\n  'x', # x\n  'y', 'z', # y and z\n]\n", `{"a":["y","x","z"]}`,
			"a = [\n  # x\n  'y', 'x', 'z', # y and z\n]\n"},
		{"nested lists moved and changed", nested, `{"a":[[2,22,222],[1,11],[3]]}`,
			"a = [\n  # about twos\n  [ 2, 22, 222 ], # twos\n  # about ones\n  [ 1, # 1\n    11 ], # ones\n  [3], # empty\n]\n"},
		{"an identity that two entries have", "z = 1\n\n# 1\n[[x]]\nid = 'a' # a1\nv = 1\n\n# 2\n[[x]]\nid = 'a' # a2\nv = 2\n", `{"x":[{"id":"a","v":2},{"id":"a","v":3}]}`,
			"z = 1\n\n# 2\n[[x]]\nid = 'a' # a2\nv = 2\n\n# 1\n[[x]]\nid = 'a' # a1\nv = 3\n"},
		{"a renamed entry", "z = 1\n\n# 1\n[[x]]\nid = 'a' # a\nv = 1 # v\n\n# 2\n[[x]]\nid = 'b' # b\nv = 2\n", `{"x":[{"id":"new","v":1},{"id":"b","v":2}]}`,
			"z = 1\n\n# 1\n[[x]]\nid = 'new' # a\nv = 1 # v\n\n# 2\n[[x]]\nid = 'b' # b\nv = 2\n"},
		{"inserted before and moved", "z = 1\n\n# 1\n[[x]]\nid = 'a'\n\n# 2\n[[x]]\nid = 'b'\n\n# 3\n[[x]]\nid = 'c'\n", `{"x":[{"id":"c"},{"id":"new"},{"id":"a"},{"id":"b","v":1}]}`,
			"z = 1\n\n# 3\n[[x]]\nid = 'c'\n\n[[x]]\nid = \"new\"\n\n# 1\n[[x]]\nid = 'a'\n\n# 2\n[[x]]\nid = 'b'\nv = 1\n"},
		{"a list in an entry of a list", "z = 1\n\n[[x]]\nid = 'a'\n\n[[x.y]] # p\nid = 'p'\n\n[[x.y]] # q\nid = 'q'\n\n[[x]] # b\nid = 'b'\n", `{"x":[{"id":"b"},{"id":"a","y":[{"id":"q"},{"id":"p","v":1}]}]}`,
			"z = 1\n\n[[x]] # b\nid = 'b'\n\n[[x]]\nid = 'a'\n\n[[x.y]] # q\nid = 'q'\n\n[[x.y]] # p\nid = 'p'\nv = 1\n"},
		{"an array in an entry of an array", "a = [\n  { id = 'a', y = [ { id = 'p', v = 1 }, { id = 'q', v = 2 } ] }, # a\n  { id = 'b' }, # b\n]\n", `{"a":[{"id":"b"},{"id":"a","y":[{"id":"q","v":3},{"id":"p","v":1}]}]}`,
			"a = [\n  { id = 'b' }, # b\n  { id = 'a', y = [ { id = 'q', v = 3 }, { id = 'p', v = 1 } ] }, # a\n]\n"},
	})
}
