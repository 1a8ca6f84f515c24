package tree_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// configs generates pairs of configurations that have much in common: lists
// with and without identities; entries removed, added, moved and changed.
func configs() *rapid.Generator[[2]tree.Object] {
	entry := rapid.Custom(func(t *rapid.T) any {
		e := objects(2).Draw(t, "entry")
		if id := rapid.SampledFrom([]any{"a", "b", "c", "d", "", int64(1), nil}).Draw(t, "id"); id != nil {
			e["id"] = id
		}
		if rapid.Bool().Draw(t, "nested") {
			e["entries"] = rapid.SliceOfN(rapid.SampledFrom([]any{
				tree.Object{"id": "x"}, tree.Object{"id": "x", "v": true}, tree.Object{"id": "y"}, tree.Object{"id": "z", "v": false}, "w",
			}), 0, 4).Draw(t, "entries")
		}
		return e
	})
	config := rapid.Custom(func(t *rapid.T) tree.Object {
		o := objects(3).Draw(t, "config")
		o["entries"] = rapid.SliceOfN(entry, 0, 6).Draw(t, "entries")
		o["l"] = rapid.SliceOfN(values(1), 0, 6).Draw(t, "l")
		return o
	})
	return rapid.Custom(func(t *rapid.T) [2]tree.Object {
		old, other := config.Draw(t, "old"), config.Draw(t, "other")
		// The new one begins as a copy, of which each part may be altered.
		new := treetest.CloneObject(old)
		for _, name := range slices.Sorted(maps.Keys(other)) {
			switch rapid.SampledFrom([]string{"keep", "take", "drop", "shuffle"}).Draw(t, name) {
			case "take":
				new[name] = treetest.Clone(other[name])
			case "drop":
				delete(new, name)
			case "shuffle":
				is, _ := new[name].([]any)
				from, _ := other[name].([]any)
				if mixed := append(slices.Clone(is), from...); len(mixed) > 0 {
					mixed = rapid.Permutation(mixed).Draw(t, "mixed")
					new[name] = treetest.Clone(mixed[:rapid.IntRange(0, len(mixed)).Draw(t, "length")])
				}
			}
		}
		return [2]tree.Object{old, new}
	})
}

func TestDifference_canBeApplied(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pair := configs().Draw(t, "pair")
		old, new := pair[0], pair[1]
		before := text(old) + text(new)
		changes := tree.Difference(old, new, byID, defaults)

		// A report does not say whether an object or a list stays that lost all it had.
		if got := withoutEmpty(newApplier(changes, new).value(old, nil, nil)); !tree.Equal(got, withoutEmpty(new)) {
			t.Errorf("applied %s\nto %s\ngot %s\nwant %s", text(changes), text(old), text(got), text(new))
		}
		if got, want := len(changes) == 0, tree.Equal(old, new); got != want {
			t.Errorf("empty report: got %t, want %t: %s", got, want, text(changes))
		}
		if got := text(tree.Difference(old, new, byID, defaults)); got != text(changes) {
			t.Errorf("second report: got %s, want %s", got, text(changes))
		}
		if text(old)+text(new) != before {
			t.Errorf("Difference changed what it was given")
		}
		for _, c := range changes {
			checkPlace(t, c, old, new)
		}
	})
}

// withoutEmpty returns a value without the members that are empty objects or lists,
// or only have such members.
func withoutEmpty(v any) any {
	switch v := v.(type) {
	case map[string]any:
		o := make(tree.Object)
		for name, member := range v {
			member = withoutEmpty(member)
			if shown := text(member); shown != "{}" && shown != "[]" {
				o[name] = member
			}
		}
		return o
	case []any:
		l := make([]any, len(v))
		for i, e := range v {
			l[i] = withoutEmpty(e)
		}
		return l
	}
	return v
}

// checkLeaf checks that an addition or a removal is one of a leaf, and that Whole is
// what the other configuration lacks, and no value around it.
func checkLeaf(t *rapid.T, c tree.Change, own, other tree.Object, value any) {
	parent, _, _ := c.Path[:len(c.Path)-1].Get(own)
	_, isEntry := parent.([]any)
	switch v := value.(type) {
	case map[string]any:
		if !isEntry && len(v) > 0 {
			t.Errorf("%s: is no leaf", text(c.Tree()))
		}
	case []any:
		if !isEntry && tree.HasContainers(v) {
			t.Errorf("%s: is no leaf", text(c.Tree()))
		}
	}
	if !c.Path.HasPrefix(c.Whole) {
		t.Fatalf("%s: its whole is at %s", text(c.Tree()), c.Whole)
	}
	if throughList(c.Whole, own) {
		return // its place in the other configuration has another index
	}
	_, _, has := c.Whole.Get(other)
	around, _, hasAround := c.Whole[:len(c.Whole)-1].Get(other)
	if _, isObject := around.(map[string]any); has || !hasAround || !isObject {
		t.Errorf("%s: its whole is at %s, and the other configuration has %s", text(c.Tree()), c.Whole, text(other))
	}
}

// throughList reports whether a place is in a list.
func throughList(p tree.Pointer, o tree.Object) bool {
	for i := range p {
		v, _, _ := p[:i].Get(o)
		if _, isList := v.([]any); isList {
			return true
		}
	}
	return false
}

// TestLosses_property: what is lost is what the report tells as removed, whole
// objects instead of their leaves, and each replacement and move of it.
func TestLosses_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pair := configs().Draw(t, "pair")
		var want, got []string
		for _, c := range tree.Difference(pair[0], pair[1], byID, nil) {
			if c.Op == "remove" {
				c.Path = c.Whole
			}
			if place := c.Op + " " + c.Path.String(); c.Op != "add" && !slices.Contains(want, place) {
				want = append(want, place)
			}
		}
		for _, c := range tree.Losses(pair[0], pair[1], byID) {
			got = append(got, c.Op+" "+c.Path.String())
			if v, _, ok := c.Path.Get(pair[0]); c.Op == "remove" && (!ok || !tree.Exactly(v, c.Old)) {
				t.Errorf("%s: the old configuration has %s there", text(c.Tree()), text(v))
			}
		}
		if slices.Sort(want); !slices.Equal(want, slices.Sorted(slices.Values(got))) {
			t.Errorf("from %s\nto %s\ngot %q\nwant %q", text(pair[0]), text(pair[1]), got, want)
		}
	})
}

// checkPlace checks that a change's pointers lead to its values.
func checkPlace(t *rapid.T, c tree.Change, old, new tree.Object) {
	switch c.Op {
	case "remove":
		if v, _, ok := c.Path.Get(old); !ok || !tree.Equal(v, c.Old) {
			t.Errorf("%s: the old configuration has %s there", text(c.Tree()), text(v))
		}
		checkLeaf(t, c, old, new, c.Old)
	case "add", "replace":
		if v, _, ok := c.Path.Get(new); !ok || !tree.Equal(v, c.New) {
			t.Errorf("%s: the new configuration has %s there", text(c.Tree()), text(v))
		}
		if c.Op == "add" {
			checkLeaf(t, c, new, old, c.New)
		}
		if c.Op == "replace" && tree.Equal(c.Old, c.New) {
			t.Errorf("%s: replaced by the same", text(c.Tree()))
		}
	case "move":
		_, _, was := c.From.Get(old)
		v, _, is := c.Path.Get(new)
		if !was || !is {
			t.Errorf("%s: leads from %t to %t", text(c.Tree()), was, is)
		}
		if o, _ := v.(tree.Object); c.Key != "" && o["id"] != any(c.Key) {
			t.Errorf("%s: the entry is %s", text(c.Tree()), text(v))
		}
	default:
		t.Errorf("%s: unknown op", text(c.Tree()))
	}
}

// applier applies a report as a client would: it finds removed and moved values
// by their old places, all others by their new ones. Entries that the report does
// not mention keep their order around those that were added or moved.
type applier struct {
	new    tree.Object
	gone   map[string]bool        // old places
	placed map[string]tree.Change // new places
	added  map[string][]string    // by parent, the names or indexes of additions, and of what is around them
}

func newApplier(changes []tree.Change, new tree.Object) applier {
	a := applier{new: new, gone: make(map[string]bool), placed: make(map[string]tree.Change), added: make(map[string][]string)}
	for _, c := range changes {
		if c.Op == "remove" {
			a.gone[c.Path.String()] = true
			continue
		}
		a.placed[c.Path.String()] = c
		if c.Op == "add" {
			for i := len(c.Whole); i <= len(c.Path); i++ {
				parent, name := c.Path[:i-1].String(), c.Path[i-1]
				if !slices.Contains(a.added[parent], name) {
					a.added[parent] = append(a.added[parent], name)
				}
			}
		}
		if c.Op == "move" {
			a.gone[c.From.String()] = true
		}
	}
	return a
}

func (a applier) value(v any, from, path tree.Pointer) any {
	if c := a.placed[path.String()]; c.Op == "replace" {
		return c.New
	}
	switch v := v.(type) {
	case map[string]any:
		o := make(tree.Object)
		for k, e := range v {
			if !a.gone[from.Child(k).String()] {
				o[k] = a.value(e, from.Child(k), path.Child(k))
			}
		}
		for _, k := range a.added[path.String()] {
			o[k] = a.addition(path.Child(k))
		}
		return o
	case []any:
		return a.list(v, from, path)
	default:
		return v
	}
}

// addition returns a value that was added, of its leaves.
func (a applier) addition(path tree.Pointer) any {
	if c, isLeaf := a.placed[path.String()]; isLeaf {
		return c.New
	}
	names := a.added[path.String()]
	if !a.isList(path) {
		o := make(tree.Object)
		for _, name := range names {
			o[name] = a.addition(path.Child(name))
		}
		return o
	}
	var l []any
	for i := range names {
		l = append(l, a.addition(path.Index(i)))
	}
	return l
}

// isList reports whether the new configuration has a list at a place: a report does
// not tell the index of an entry from a key that is a number.
func (a applier) isList(path tree.Pointer) bool {
	v, _, _ := path.Get(a.new)
	_, isList := v.([]any)
	return isList
}

func (a applier) list(v []any, from, path tree.Pointer) any {
	var stayed []int
	for i := range v {
		if !a.gone[from.Index(i).String()] {
			stayed = append(stayed, i)
		}
	}
	var l []any
	for {
		at := path.Index(len(l))
		c := a.placed[at.String()]
		switch {
		case c.Op == "add":
			l = append(l, c.New)
		case c.Op == "move":
			e, _, _ := c.From[len(c.From)-1:].Get(v)
			l = append(l, a.value(e, c.From, at))
		case len(stayed) > 0:
			l = append(l, a.value(v[stayed[0]], from.Index(stayed[0]), at))
			stayed = stayed[1:]
		default:
			return l
		}
	}
}

// To sort a permutation, all entries must move except a longest increasing
// subsequence, which the test finds in quadratic time.
func TestDifference_fewestMoves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(t, "n")
		var numbers []int
		for i := range n {
			numbers = append(numbers, i)
		}
		order := numbers
		if n > 0 {
			order = rapid.Permutation(numbers).Draw(t, "order")
		}
		longest := 0
		lengths := make([]int, n)
		for j := range order {
			lengths[j] = 1
			for i := range j {
				if order[i] < order[j] {
					lengths[j] = max(lengths[j], lengths[i]+1)
				}
			}
			longest = max(longest, lengths[j])
		}
		list := func(order []int) tree.Object {
			l := []any{}
			for _, i := range order {
				l = append(l, tree.Object{"id": fmt.Sprint("e", i)})
			}
			return tree.Object{"entries": l}
		}
		changes := tree.Difference(list(numbers), list(order), byID, nil)
		for _, c := range changes {
			if c.Op != "move" {
				t.Errorf("%s: want only moves", text(c.Tree()))
			}
		}
		if got, want := len(changes), n-longest; got != want {
			t.Errorf("order %v: got %d moves, want %d", order, got, want)
		}
	})
}
