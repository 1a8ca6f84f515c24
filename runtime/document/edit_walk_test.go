package document

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// walker draws texts with a comment at every place where one may be, and changes
// of them. Each comment ends with the value that it is about, or with the value of
// the key id of its table.
type walker struct {
	*rapid.T
	ids int
}

func (w *walker) id() string {
	w.ids++
	return fmt.Sprintf("v%d", w.ids)
}

func (w *walker) name(o map[string]bool) string {
	for {
		name := rapid.SampledFrom([]string{"a", "b", "c", "d e", "f", "g", "h", "i", "j"}).Draw(w.T, "name")
		if !o[name] {
			o[name] = true
			return name
		}
	}
}

// section draws a table with a header, and the tables in it.
func (w *walker) section(path []string, depth int, open, closing string) string {
	var b strings.Builder
	id := w.id()
	fmt.Fprintf(&b, "# about %[1]s\n%[2]s%[3]s%[4]s # header %[1]s\nid = '%[1]s' # id %[1]s\n", id, open, renderPath(path), closing)
	names := make(map[string]bool)
	for range rapid.IntRange(0, 3).Draw(w.T, "keys") {
		name, v := renderKey(w.name(names)), w.id()
		switch rapid.IntRange(0, 4).Draw(w.T, "form") {
		case 0:
			fmt.Fprintf(&b, "# above %[1]s\n%[2]s = [ # open %[1]s\n  # first %[1]s\n  '%[1]s', # element %[1]s\n] # behind %[1]s\n", v, name)
		case 1:
			fmt.Fprintf(&b, "%[1]s = { id = '%[2]s', x = [ # in %[3]s\n '%[3]s' ] } # behind %[2]s\n", name, v, w.id())
		case 2:
			fmt.Fprintf(&b, "%[1]s.id = '%[2]s' # dotted %[2]s\n%[1]s.y.z = '%[3]s' # inner %[3]s\n", name, v, w.id())
		default:
			fmt.Fprintf(&b, "# above %[1]s\n %[2]s  =  '%[1]s' # behind %[1]s\n", v, name)
		}
	}
	if depth == 0 {
		return b.String()
	}
	for range rapid.IntRange(0, 2).Draw(w.T, "tables") {
		inner := append(slices.Clip(path), w.name(names))
		b.WriteString(rapid.SampledFrom([]string{"", "\n"}).Draw(w.T, "gap"))
		if rapid.Bool().Draw(w.T, "list") {
			b.WriteString(w.section(inner, depth-1, "[[", "]]") + "\n" + w.section(inner, 0, "[[", "]]"))
		} else {
			b.WriteString(w.section(inner, depth-1, "[", "]"))
		}
	}
	return b.String()
}

// places returns the pointers of an object's members, the keys id left out, and
// of the objects that may get a member. None leads through a list.
func places(at tree.Pointer, o tree.Object) (members, objects []tree.Pointer) {
	objects = append(objects, at)
	for _, name := range slices.Sorted(maps.Keys(o)) {
		if name == "id" {
			continue
		}
		members = append(members, at.Child(name))
		if inner, isObject := o[name].(map[string]any); isObject {
			m, os := places(at.Child(name), inner)
			members, objects = append(members, m...), append(objects, os...)
		}
	}
	return members, objects
}

// values returns the values that comments may be about.
func values(v any, into map[string]bool) map[string]bool {
	switch v := v.(type) {
	case map[string]any:
		for _, m := range v {
			values(m, into)
		}
	case []any:
		for _, m := range v {
			values(m, into)
		}
	case string:
		into[v] = true
	}
	return into
}

// withoutComments returns a value with other strings, which no comment is about.
func (w *walker) withoutComments(v any) any {
	switch v := v.(type) {
	case map[string]any:
		o := make(tree.Object)
		for _, name := range slices.Sorted(maps.Keys(v)) {
			o[name] = w.withoutComments(v[name])
		}
		return o
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = w.withoutComments(v[i])
		}
		return list
	default:
		return w.id()
	}
}

// step draws a change: a move, a copy, a removal, or a new key.
func (w *walker) step(d *Document) (tree.Object, []Move) {
	members, objects := places(nil, d.Tree())
	if len(members) == 0 {
		return nil, nil
	}
	from := rapid.SampledFrom(members).Draw(w.T, "from")
	into := rapid.SampledFrom(objects).Draw(w.T, "into")
	if rapid.Bool().Draw(w.T, "rename") {
		into = from[:len(from)-1]
	}
	if into.HasPrefix(from) {
		return nil, nil
	}
	to := into.Child(w.name(make(map[string]bool)))
	v, _, _ := from.Get(d.Tree())
	op := tree.Operation{Op: "move", From: from, Path: to}
	moves := []Move{{From: from, To: to}}
	switch rapid.IntRange(0, 6).Draw(w.T, "act") {
	case 0:
		op, moves[0].IsCopy = tree.Operation{Op: "add", Path: to, Value: w.withoutComments(v)}, true
	case 1:
		op, moves = tree.Operation{Op: "remove", Path: from}, nil
	case 2:
		op, moves = tree.Operation{Op: "add", Path: to, Value: w.id()}, nil
	}
	if from.HasPrefix(to) {
		return nil, nil
	}
	want, err := tree.Apply(w.Context(), treetest.CloneObject(d.Tree()), []tree.Operation{op})
	if err != nil {
		w.Fatalf("%+v: %v", op, err)
	}
	if moves != nil && rapid.IntRange(0, 3).Draw(w.T, "change") == 0 { // the part changes, too
		if o, isObject := v.(map[string]any); isObject && len(o) > 0 {
			changed, _, _ := to.Get(want)
			changed.(map[string]any)["new"] = w.id()
		}
	}
	return want, moves
}

// A comment disappears only with what it is about, and stays once.
func TestEdit_walkKeepsComments(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &walker{T: t}
		text := "top = 'v0' # behind v0\n\n" + w.section([]string{"a"}, 2, "[", "]") + "\n" + w.section([]string{"b"}, 1, "[", "]")
		d, err := Parse([]byte(text))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		for range rapid.IntRange(1, 6).Draw(t, "steps") {
			want, moves := w.step(d)
			if want == nil {
				continue
			}
			next, reformatted, err := d.Edit(want, byID, moves...)
			if err != nil {
				t.Fatalf("%v\n%s\nto %v by %v", err, d.Text(), want, moves)
			}
			stay := values(want, make(map[string]bool))
			for line := range strings.Lines(string(d.Text())) {
				_, comment, has := strings.Cut(line, "# ")
				word, about, _ := strings.Cut(strings.TrimSpace(comment), " ")
				if !has || !stay[about] {
					continue
				}
				if n := strings.Count(string(next.Text()), "# "+word+" "+about+"\n"); n != 1 {
					t.Fatalf("got # %s %s %d times, want it once (reformatted %v)\n%s\nby %v\n%s", word, about, n, reformatted, d.Text(), moves, next.Text())
				}
			}
			if len(reformatted) > 0 {
				return // comments are elsewhere now
			}
			d = next
		}
	})
}
