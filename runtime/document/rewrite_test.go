package document

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Small changes always do, as far as is known; that the way out works is
// tested by asking for it.
func TestWritingAnewKeepsCommentsAbove(t *testing.T) {
	text := "# the file's\n\nx = [ # open\n  1, # one '#'\n  '# none',\n]\n\n# of a\n[a] # head\n# in a\nk = 1 # k\n\n[b]\nz = \"\"\"\n# none\"\"\" # z\n\n# of a.c\n[a.c]\nl = 2\n\n[[t]] # t1\nn = 1\n\n[[t]] # t2\nn = 2\n"
	for _, c := range []struct {
		name        string
		level       level
		patch, want string
		reformatted []string
	}{
		{"value", wholeValues, `{"x":[1]}`, "# the file's\n\n# open\n# one '#'\nx = [1]\n\n# of a\n[a] # head\n# in a\nk = 1 # k\n\n[b]\nz = \"\"\"\n# none\"\"\" # z\n\n# of a.c\n[a.c]\nl = 2\n\n[[t]] # t1\nn = 1\n\n[[t]] # t2\nn = 2\n", []string{"/x"}},
		{"smallest table", wholeTables, `{"a":{"c":{"l":3}}}`, "# the file's\n\nx = [ # open\n  1, # one '#'\n  '# none',\n]\n\n# of a\n[a] # head\n# in a\nk = 1 # k\n\n[b]\nz = \"\"\"\n# none\"\"\" # z\n\n# of a.c\n[a.c]\nl = 3\n\n[[t]] # t1\nn = 1\n\n[[t]] # t2\nn = 2\n", []string{"/a/c"}},
		{"table of the first level", topTables, `{"a":{"c":{"l":3}}}`, "# the file's\n\nx = [ # open\n  1, # one '#'\n  '# none',\n]\n\n# of a\n# head\n# in a\n# k\n# of a.c\n[a]\nk = 1\n\n[a.c]\nl = 3\n\n[b]\nz = \"\"\"\n# none\"\"\" # z\n\n[[t]] # t1\nn = 1\n\n[[t]] # t2\nn = 2\n", []string{"/a"}},
		{"entry of an array of tables", wholeTables, `{"t":[{"n":1},{"n":3}]}`, "# the file's\n\nx = [ # open\n  1, # one '#'\n  '# none',\n]\n\n# of a\n[a] # head\n# in a\nk = 1 # k\n\n[b]\nz = \"\"\"\n# none\"\"\" # z\n\n# of a.c\n[a.c]\nl = 2\n\n[[t]] # t1\nn = 1\n\n# t2\n[[t]]\nn = 3\n", []string{"/t/1"}},
		{"array of tables", topTables, `{"t":[{"n":3}]}`, "# the file's\n\nx = [ # open\n  1, # one '#'\n  '# none',\n]\n\n# of a\n[a] # head\n# in a\nk = 1 # k\n\n[b]\nz = \"\"\"\n# none\"\"\" # z\n\n# of a.c\n[a.c]\nl = 2\n\n# t1\n# t2\n[[t]]\nn = 3\n", []string{"/t"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := mustParse(t, text)
			next, reformatted, err := d.edit(patched(t, d, c.patch), byID, c.level)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, string(next.Text())); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			var got []string
			for _, p := range reformatted {
				got = append(got, p.String())
			}
			if diff := cmp.Diff(c.reformatted, got); diff != "" {
				t.Errorf("reformatted (-want +got):\n%s", diff)
			}
		})
	}
}
