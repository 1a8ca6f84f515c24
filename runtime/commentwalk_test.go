package runtime_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/schema"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// commentWalk is a configuration whose comments are followed through writes.
type commentWalk struct {
	t        interface{ Fatalf(string, ...any) }
	rt       *runtime.Runtime
	model    *schema.Model
	ids      tree.Object // of the present configuration
	comments map[string][]string
	names    int
}

func newCommentWalk(t *testing.T, model *schema.Model, isInline func() bool) *commentWalk {
	c := &commentedText{isInline: isInline, comments: make(map[string][]string)}
	ids := c.table(nil, "", object(t, fullConfig))
	return &commentWalk{t: t, rt: runtimeWith(t, model, storeHolding(t, c.b.String())), model: model, ids: ids, comments: c.comments}
}

// way is how a client makes a change.
type way string

const (
	byOperation way = "operation"
	byAddition  way = "add and remove"
	byPatch     way = "patch of what is stored"
	byShown     way = "patch of what is shown"
	bySet       way = "set"
)

// write changes the configuration by operations, or by another write with the same
// result: at is the object or list around the places of the operations. It reports
// whether that is a valid configuration, and checks the comments.
func (w *commentWalk) write(t *testing.T, how way, at tree.Pointer, operations ...tree.Operation) bool {
	now, err := w.rt.Get(t.Context())
	if err != nil {
		w.t.Fatalf("%v", err)
	}
	before := string(now.Text())
	view := now.Shown()
	if how == byPatch {
		view = now.ShownStored()
	}
	want, err := tree.Apply(t.Context(), treetest.CloneObject(view), operations)
	if err != nil {
		w.t.Fatalf("%v", err)
	}
	var out *runtime.Outcome
	switch how {
	case byOperation:
		out, err = w.rt.Operate(t.Context(), operations, runtime.Write{})
	case byAddition:
		first := operations[0]
		value, _, _ := first.From.Get(view)
		split := []tree.Operation{{Op: "add", Path: first.Path, Value: value}, {Op: "remove", Path: first.From}}
		out, err = w.rt.Operate(t.Context(), append(split, operations[1:]...), runtime.Write{})
	case bySet:
		out, err = w.rt.Set(t.Context(), want, runtime.Write{})
	default:
		out, err = w.rt.Patch(t.Context(), patchOf(at, view, want), runtime.Write{})
	}
	if fault.Is(err, fault.InvalidConfig) {
		return false
	}
	if err != nil {
		w.t.Fatalf("%s %v: %v", how, operations, err)
	}
	ids, err := tree.Apply(t.Context(), w.ids, withoutIDs(operations, w.ids))
	if err != nil {
		w.t.Fatalf("%v", err)
	}
	w.ids = ids
	after := string(out.After.Text())
	for id := range idSet(ids, make(map[string]bool)) {
		for _, comment := range w.comments[id] {
			if n := strings.Count(after, comment+"\n"); n != 1 {
				w.t.Fatalf("by %s, %v: got %q %d times\n%s\n=====\n%s", how, operations, comment, n, before, after)
			}
		}
	}
	for _, warning := range out.Warnings {
		if warning.Kind == schema.Reformatted {
			w.t.Fatalf("by %s, %v: got %v\n%s\n=====\n%s", how, operations, warning, before, after)
		}
	}
	return true
}

// patchOf returns the merge patch that changes what is at a place: a list whole, of
// an object the members that differ.
func patchOf(at tree.Pointer, before, after tree.Object) tree.Object {
	for i := range at { // the outermost list on the way
		if v, _, _ := at[:i].Get(after); tree.TypeName(v) == "array" {
			at = at[:i]
			break
		}
	}
	old, _, _ := at.Get(before)
	value, _, _ := at.Get(after)
	if o, isObject := value.(map[string]any); isObject {
		patch := tree.Object{}
		for name, member := range o {
			if had, has := old.(map[string]any)[name]; !has || !tree.Equal(had, member) {
				patch[name] = member
			}
		}
		for name := range old.(map[string]any) {
			if _, stays := o[name]; !stays {
				patch[name] = nil
			}
		}
		value = patch
	}
	for _, name := range slices.Backward(at) {
		value = tree.Object{name: value}
	}
	return value.(tree.Object)
}

// withoutIDs returns operations on ids: a copy has no comments, and neither has a
// new value.
func withoutIDs(operations []tree.Operation, ids tree.Object) []tree.Operation {
	var list []tree.Operation
	for _, op := range operations {
		switch op.Op {
		case "copy":
			v, _, _ := op.From.Get(ids)
			op = tree.Operation{Op: "add", Path: op.Path, Value: blank(v)}
		case "add", "replace":
			op = tree.Operation{Op: "add", Path: op.Path, Value: ""}
			if v, _, has := op.Path.Get(ids); has {
				op.Op, op.Value = "replace", v // the key's comments stay
			}
		}
		list = append(list, op)
	}
	return list
}

func blank(v any) any {
	switch v := v.(type) {
	case map[string]any:
		o := tree.Object{}
		for name := range v {
			o[name] = blank(v[name])
		}
		return o
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = blank(v[i])
		}
		return list
	}
	return ""
}

// idSet adds the ids of a value to a set.
func idSet(v any, into map[string]bool) map[string]bool {
	switch v := v.(type) {
	case map[string]any:
		for _, member := range v {
			idSet(member, into)
		}
	case []any:
		for _, member := range v {
			idSet(member, into)
		}
	case string:
		into[v] = true
	}
	return into
}

// newName returns a name that the configuration does not have.
func (w *commentWalk) newName() string {
	w.names++
	return fmt.Sprintf("n%d", w.names)
}

// TestComments_collections moves, copies, renames and reorders an entry of each list
// and map of the model, in each way and form. Comments go with what they are about,
// and stay otherwise.
func TestComments_collections(t *testing.T) {
	model := meerkat.New()
	n := 0
	for _, isInline := range []bool{false, true} {
		for _, p := range collections(model, nil, object(t, fullConfig)) {
			v, _, _ := p.Get(object(t, fullConfig))
			_, isList := v.([]any)
			if strings.HasPrefix(p.String(), "/realm/x") && len(p) == 2 {
				continue // the members of one realm
			}
			for _, how := range []way{byOperation, byAddition, byPatch, byShown, bySet} {
				var acts map[string][]tree.Operation
				if isList {
					acts = map[string][]tree.Operation{
						"first to last": {{Op: "move", From: p.Index(0), Path: p.Index(2)}},
						"last to first": {{Op: "move", From: p.Index(2), Path: p.Index(0)}},
						"reverse":       {{Op: "move", From: p.Index(2), Path: p.Index(0)}, {Op: "move", From: p.Index(2), Path: p.Index(1)}},
					}
					if how == byAddition {
						acts = nil // another entry with the identity of the first would be refused
					}
				} else {
					acts = map[string][]tree.Operation{
						"rename": {{Op: "move", From: p.Child(lastName(v)), Path: p.Child("n1")}},
					}
					if how == byOperation {
						acts["copy"] = []tree.Operation{{Op: "copy", From: p.Child(lastName(v)), Path: p.Child("n1")}}
					}
				}
				for name, operations := range acts {
					if n++; n%(treetest.Cases(1, 7)*treetest.Stride(3)) != 0 {
						continue
					}
					t.Run(strings.Join([]string{p.String()[1:], name, string(how), fmt.Sprint(isInline)}, ","), func(t *testing.T) {
						w := newCommentWalk(t, model, func() bool { return isInline })
						w.t = t
						if !w.write(t, how, p, operations...) {
							t.Errorf("got invalid_config")
						}
					})
				}
			}
		}
	}
}

// Entries move between lists and maps of the same kind, too.
func TestComments_betweenCollections(t *testing.T) {
	model := meerkat.New()
	for _, m := range [][2]string{
		{"/realm/x2/auth/y", "/realm/x3/auth/n1"},
		{"/realm/x3/auth/x3", "/realm/x2/auth/n1"},
		{"/tools/mcp_servers/0/args/1", "/skills/repositories/0/args/1"},
		{"/tools/mcp_servers/0/args/0", "/shell/security_patterns/-"},
		{"/shell/security_patterns/2", "/realm/x3/auth/x2/source/args/0"},
		{"/tools/mcp_servers/0/env/E3", "/hooks/entries/0/runtime/env/n1"},
		{"/realm/x3/auth/x2/source/env/E3", "/tools/mcp_servers/0/env/n1"},
		{"/tools/mcp_servers/0/env/E3", "/realm/x3/auth/x2/source/env/n1"},
		{"/tools/mcp_servers/1/headers/H3", "/hooks/entries/1/runtime/headers/n1"},
	} {
		for _, isInline := range []bool{false, true} {
			t.Run(m[0]+","+m[1]+fmt.Sprint(isInline), func(t *testing.T) {
				w := newCommentWalk(t, model, func() bool { return isInline })
				w.t = t
				from, _ := tree.ParsePointer(m[0])
				to, _ := tree.ParsePointer(m[1])
				if !w.write(t, byOperation, nil, tree.Operation{Op: "move", From: from, Path: to}) {
					t.Errorf("got invalid_config")
				}
			})
		}
	}
}

// lastName returns the last name of an object.
func lastName(v any) string {
	names := slices.Sorted(maps.Keys(v.(map[string]any)))
	return names[len(names)-1]
}

// TestComments_walk makes changes at random, one after the other, of entries of any
// list and map.
func TestComments_walk(t *testing.T) {
	model := meerkat.New()
	rapid.Check(t, func(r *rapid.T) {
		inline := rapid.Bool()
		w := newCommentWalk(t, model, func() bool { return inline.Draw(r, "inline") })
		w.t = r
		for range rapid.IntRange(1, 8).Draw(r, "steps") {
			now, err := w.rt.Get(t.Context())
			if err != nil {
				r.Fatalf("%v", err)
			}
			p := rapid.SampledFrom(collections(model, nil, now.Stored())).Draw(r, "collection")
			v, _, _ := p.Get(now.Stored())
			how := rapid.SampledFrom([]way{byOperation, byOperation, byPatch, byShown, bySet}).Draw(r, "way")
			switch v := v.(type) {
			case []any:
				from := rapid.IntRange(0, len(v)-1).Draw(r, "from")
				if rapid.IntRange(0, 4).Draw(r, "act") == 0 && len(v) > 1 {
					w.write(t, byOperation, p, tree.Operation{Op: "remove", Path: p.Index(from)})
					continue
				}
				other := rapid.SampledFrom(collections(model, nil, now.Stored())).Draw(r, "other")
				list, _, _ := other.Get(now.Stored())
				if entries, isList := list.([]any); isList && tree.TypeName(v[0]) == "string" && tree.TypeName(entries[0]) == "string" && !slices.Equal(other, p) {
					w.write(t, byOperation, nil, tree.Operation{Op: "move", From: p.Index(from), Path: other.Index(rapid.IntRange(0, len(entries)).Draw(r, "to"))})
					continue
				}
				w.write(t, how, p, tree.Operation{Op: "move", From: p.Index(from), Path: p.Index(rapid.IntRange(0, len(v)-1).Draw(r, "to"))})
			case map[string]any:
				from := p.Child(rapid.SampledFrom(slices.Sorted(maps.Keys(v))).Draw(r, "from"))
				to := p.Child(w.newName())
				switch rapid.IntRange(0, 4).Draw(r, "act") {
				case 0:
					w.write(t, byOperation, p, tree.Operation{Op: "copy", From: from, Path: to})
				case 1:
					w.write(t, byOperation, p, tree.Operation{Op: "remove", Path: from})
				default:
					w.write(t, how, p, tree.Operation{Op: "move", From: from, Path: to})
				}
			}
		}
	})
}
