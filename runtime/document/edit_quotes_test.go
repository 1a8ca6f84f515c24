package document

import (
	"strings"
	"testing"

	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// A string with runs of quotes and backslashes at every place replaces a long
// string, in place.
func TestEdit_quotesInLongStrings(t *testing.T) {
	var values []string
	for n := range 8 {
		for _, before := range []string{"", `\`, `\\`, "\n", "'"} {
			run := before + strings.Repeat(`"`, n)
			values = append(values, run, run+"x", "x"+run, "x\n"+run, run+"\nx", "x"+run+"y"+run, run+"\n"+run, run+`\`)
		}
	}
	for _, text := range []string{
		"[agent]\np = \"\"\"\nhi\n\"\"\"\nn = 3 # c\n",
		"[agent]\np = '''\nhi\n'''\nn = 3 # c\n",
		"[agent]\np = \"hi\"\nn = 3 # c\n",
		"[agent]\r\np = \"\"\"\r\nhi\r\n\"\"\"\r\nn = 3 # c\r\n",
		"agent.p = \"\"\"\nhi\n\"\"\"\nagent.n = 3 # c\n",
	} {
		d := mustParse(t, text)
		for _, v := range values {
			want := treetest.CloneObject(d.Tree())
			set(want, tree.Pointer{"agent", "p"}, v)
			next, reformatted, err := d.Edit(want, byID)
			if err != nil || len(reformatted) > 0 {
				t.Errorf("%q in %q: got %v written anew and %v, want a small change", v, text, reformatted, err)
				continue
			}
			if got := next.Tree()["agent"].(map[string]any)["p"]; got != v {
				t.Errorf("%q in %q: got %q", v, text, got)
			}
		}
	}
}
