package runtime_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// identifiedLists are the lists of the model whose entries have an identity,
// each with the text of an entry. The text has a comment at every place where
// one may be, and one value that a test changes.
var identifiedLists = []struct {
	path, field string
	value       func(n int) any
	entry       func(n int, value string) string
}{
	{
		path: "/tools/mcp_servers", field: "connect_timeout_secs",
		value: func(n int) any { return int64(n) },
		entry: func(n int, value string) string {
			return fmt.Sprintf("# server %[1]d\n[[tools.mcp_servers]] # header %[1]d\ncommand = 'run' # command %[1]d\nname = 'server-%[1]d' # name %[1]d\nargs = [ # args %[1]d\n  '--all', # all %[1]d\n]\nconnect_timeout_secs  =  %[2]s # time %[1]d\n\n[tools.mcp_servers.env] # env %[1]d\nA = '1' # A %[1]d\n", n, value)
		},
	},
	{
		path: "/hooks/entries", field: "priority",
		value: func(n int) any { return int64(n) },
		entry: func(n int, value string) string {
			return fmt.Sprintf("# hook %[1]d\n[[hooks.entries]] # header %[1]d\npriority = %[2]s # priority %[1]d\nid = 'hook-%[1]d' # id %[1]d\n\n[hooks.entries.runtime] # runtime %[1]d\ntype = 'command'\ncommand = 'run' # command %[1]d\n", n, value)
		},
	},
	{
		path: "/skills/repositories", field: "name",
		value: func(n int) any { return fmt.Sprint("n", n) },
		entry: func(n int, value string) string {
			return fmt.Sprintf("# repository %[1]d\n[[skills.repositories]] # header %[1]d\ntype = 'filesystem'\npath = '/skills/%[1]d' # path %[1]d\nname = %[2]s # name %[1]d\nsource_uuid = '00000000-0000-4000-8000-00000000000%[1]d' # identity %[1]d\n", n, value)
		},
	},
}

func TestIdentifiedLists_areAllTested(t *testing.T) {
	if got, want := len(identifiedLists), strings.Count(string(meerkat.New().JSON()), `"x-key"`); got != want {
		t.Errorf("the tests know %d lists with an identity, the model has %d", got, want)
	}
}

// TestComments_identifiedLists moves entries of a list and changes others, in
// each way in which a client may do that. Each entry keeps its comments, the
// order of its keys, and its formatting.
func TestComments_identifiedLists(t *testing.T) {
	model := meerkat.New()
	const before, after = "# top\n\n[agent]\nmax_tokens_per_turn = 5 # five\n\n", "\n# about the port\n[rest]\nport = 4096 # port\n"
	type ref struct{ entry, value int }
	abc := []ref{{1, 1}, {2, 2}, {3, 3}}
	for _, list := range identifiedLists {
		for _, c := range []struct {
			name string
			want []ref
		}{
			{"move", []ref{{3, 3}, {1, 1}, {2, 2}}},
			{"move and change of another", []ref{{3, 3}, {1, 1}, {2, 7}}},
			{"move and change of the moved", []ref{{2, 2}, {3, 3}, {1, 7}}},
			{"reverse and change of all", []ref{{3, 7}, {2, 8}, {1, 9}}},
			{"removal from the middle", []ref{{1, 1}, {3, 3}}},
			{"removal, move and change", []ref{{3, 7}, {1, 1}}},
		} {
			text := func(entries []ref) string {
				var blocks []string
				for _, r := range entries {
					value := strings.ReplaceAll(string(tree.Append(nil, list.value(r.value))), `"`, "'")
					blocks = append(blocks, list.entry(r.entry, value))
				}
				return before + strings.Join(blocks, "\n") + after
			}
			path, err := tree.ParsePointer(list.path)
			if err != nil {
				t.Fatal(err)
			}
			section, member := path[0], path[1]
			// entries are the wanted ones, made of what a client reads.
			entries := func(shown tree.Object) []any {
				have, _, _ := path.Get(shown)
				var all []any
				for _, r := range c.want {
					entry := treetest.CloneObject(have.([]any)[r.entry-1].(tree.Object))
					entry[list.field] = list.value(r.value)
					all = append(all, entry)
				}
				return all
			}
			for name, write := range map[string]func(*runtime.Runtime) (*runtime.Outcome, error){
				"patch": func(rt *runtime.Runtime) (*runtime.Outcome, error) {
					patch := tree.Object{section: tree.Object{member: entries(get(t, rt).ShownStored())}}
					return rt.Patch(t.Context(), patch, runtime.Write{})
				},
				"set": func(rt *runtime.Runtime) (*runtime.Outcome, error) {
					config := treetest.CloneObject(get(t, rt).Shown())
					config[section].(tree.Object)[member] = entries(get(t, rt).Shown())
					return rt.Set(t.Context(), config, runtime.Write{})
				},
				"operations": func(rt *runtime.Runtime) (*runtime.Outcome, error) {
					var operations []tree.Operation
					order := []int{1, 2, 3}
					for _, r := range c.want { // each wanted entry moves to the end
						from := slices.Index(order, r.entry)
						operations = append(operations, tree.Operation{Op: "move", From: path.Index(from), Path: path.Child("-")})
						order = append(slices.Delete(order, from, from+1), r.entry)
					}
					for range len(order) - len(c.want) {
						operations = append(operations, tree.Operation{Op: "remove", Path: path.Index(0)})
					}
					for i, r := range c.want {
						operations = append(operations, tree.Operation{Op: "replace", Path: path.Index(i).Child(list.field), Value: list.value(r.value)})
					}
					return rt.Operate(t.Context(), operations, runtime.Write{})
				},
			} {
				t.Run(strings.Join([]string{list.path[1:], c.name, name}, "/"), func(t *testing.T) {
					rt := runtimeWith(t, model, storeHolding(t, text(abc)))
					out, err := write(rt)
					if err != nil {
						t.Fatal(err)
					}
					if len(out.Warnings) > 0 {
						t.Errorf("got warnings %v", out.Warnings)
					}
					if diff := cmp.Diff(text(c.want), string(get(t, rt).Text())); diff != "" {
						t.Errorf("text (-want +got):\n%s", diff)
					}
				})
			}
		}
	}
}
