package runtime_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// TestWalk_laterWorkAndComments does random writes of several clients over all lists
// and sections, and reverts of any generation. A comment disappears only with what it
// is about, and a revert changes what its generation changed and nothing else; what has
// been changed since is refused.
func TestWalk_laterWorkAndComments(t *testing.T) {
	model := namedModel{meerkat.New()}
	text, owners := comment(walkText, model)
	rapid.Check(t, func(rt *rapid.T) {
		s := storeHolding(t, text)
		w := &walk{
			T: rt, test: t, store: s, rt: runtimeWith(t, model, s), model: model,
			owners: maps.Clone(owners), known: make(map[string]map[string]spot), renames: make(map[uint64]rename),
		}
		defer w.rt.Close()
		// A walk stays with a few places, so that its writes meet.
		w.keys = rapid.SliceOfN(rapid.SampledFrom(slices.Sorted(maps.Keys(walkKeys))), 3, 6).Draw(rt, "keys")
		w.lists = rapid.SliceOfN(rapid.IntRange(0, len(walkLists)-1), 1, 2).Draw(rt, "lists")
		w.maps = rapid.SliceOfN(rapid.SampledFrom(walkMaps), 1, 2).Draw(rt, "maps")
		for range rapid.IntRange(6, 16).Draw(rt, "steps") {
			w.step()
		}
	})
}

// walk is a sequence of writes and reverts over one text. It knows what each comment
// is about.
type walk struct {
	*rapid.T
	test    *testing.T
	keys    []string
	lists   []int // indexes of walkLists
	maps    []string
	rt      *runtime.Runtime
	store   store.Store
	model   namedModel
	owners  map[string]spot            // of each comment
	known   map[string]map[string]spot // owners of earlier texts
	renames map[uint64]rename          // by generation
	log     []string
}

// step does one write and checks it.
func (w *walk) step() {
	before := get(w.test, w.rt)
	kind := rapid.SampledFrom([]string{"key", "key", "list", "list", "map", "section", "revert", "revert", "revert"}).Draw(w.T, "kind")
	if kind == "revert" {
		if n := before.Version.Generation; n > 1 {
			w.revert(before, rapid.Uint64Range(2, n).Draw(w.T, "generation"))
		}
		return
	}
	outcome, renamed, err := w.write(before, kind)
	if err != nil {
		w.log = append(w.log, fmt.Sprintf("%s: %v", kind, err))
		if !fault.Is(err, fault.InvalidConfig) {
			w.Fatalf("%s\n%v", before.Text(), w.log)
		}
		return
	}
	if outcome == nil || !outcome.Changed {
		return
	}
	if renamed.from != "" {
		w.renames[outcome.After.Version.Generation] = renamed
	}
	w.checkComments(before, outcome.After, renamed, nil)
}

func (w *walk) note(format string, args ...any) {
	w.log = append(w.log, fmt.Sprintf("%d: ", len(w.log)+1)+fmt.Sprintf(format, args...))
}

// actor is one of the clients.
func (w *walk) actor() runtime.Write {
	return runtime.Write{Actor: store.Actor{Name: rapid.SampledFrom([]string{"alice", "bob", "carol"}).Draw(w.T, "who"), Surface: store.RPC}}
}

// write does one write.
func (w *walk) write(before *runtime.Snapshot, kind string) (*runtime.Outcome, rename, error) {
	ctx := w.test.Context()
	switch kind {
	case "key":
		patch := tree.Object{}
		for range rapid.IntRange(1, 3).Draw(w.T, "keys") {
			path := rapid.SampledFrom(w.keys).Draw(w.T, "path")
			value := rapid.SampledFrom(append([]any{nil}, walkKeys[path]...)).Draw(w.T, "value")
			p := pointerOf(path)
			setAt(patch, p, value)
		}
		w.note("patch %s", tree.Append(nil, patch))
		outcome, err := w.rt.Patch(ctx, patch, w.actor())
		return outcome, rename{}, err
	case "section":
		names := slices.Sorted(maps.Keys(before.Stored()))
		if len(names) == 0 {
			return nil, rename{}, nil
		}
		patch := tree.Object{rapid.SampledFrom(names).Draw(w.T, "section"): nil}
		w.note("patch %s", tree.Append(nil, patch))
		outcome, err := w.rt.Patch(ctx, patch, w.actor())
		return outcome, rename{}, err
	case "list":
		return w.writeList(before)
	}
	return w.writeMap(before)
}

// setAt sets a value in nested objects.
func setAt(o tree.Object, p tree.Pointer, v any) {
	for _, name := range p[:len(p)-1] {
		inner, _ := o[name].(tree.Object)
		if inner == nil {
			inner = tree.Object{}
			o[name] = inner
		}
		o = inner
	}
	o[p[len(p)-1]] = v
}

// writeList changes one entry of a list: by operations, by a patch with the list, or by
// the whole configuration.
func (w *walk) writeList(before *runtime.Snapshot) (*runtime.Outcome, rename, error) {
	ctx := w.test.Context()
	l := walkLists[rapid.SampledFrom(w.lists).Draw(w.T, "list")]
	p := pointerOf(l.path)
	value, _, _ := p.Get(before.Shown())
	list, _ := value.([]any)
	_, _, isStored := p.Get(before.Stored())
	if len(list) == 0 || !isStored {
		return nil, rename{}, nil
	}
	index := func(label string) int { return rapid.IntRange(0, len(list)-1).Draw(w.T, label) }
	i := index("index")
	var ops []tree.Operation
	var renamed rename
	switch rapid.SampledFrom([]string{"move", "move", "remove", "change", "rename", "insert", "copy"}).Draw(w.T, "op") {
	case "move":
		ops = []tree.Operation{{Op: "move", From: p.Index(i), Path: p.Index(index("to"))}}
	case "remove":
		ops = []tree.Operation{{Op: "remove", Path: p.Index(i)}}
	case "change":
		if l.member == "" {
			return nil, rename{}, nil
		}
		ops = []tree.Operation{{Op: "add", Path: p.Index(i).Child(l.member), Value: rapid.SampledFrom(l.values).Draw(w.T, "value")}}
	case "rename":
		name := rapid.SampledFrom(l.names).Draw(w.T, "name")
		if w.hasName(list, l.name, name) {
			return nil, rename{}, nil
		}
		if l.name == "" {
			ops = []tree.Operation{{Op: "replace", Path: p.Index(i), Value: name}}
			break
		}
		ops = []tree.Operation{{Op: "replace", Path: p.Index(i).Child(l.name), Value: name}}
		at := w.model.placeOf(p, before.Stored())
		renamed = rename{fmt.Sprintf("%s/[%s]", at, tree.Identity(list[i], l.name)), fmt.Sprintf("%s/[%v]", at, name)}
	default:
		name := rapid.SampledFrom(l.names).Draw(w.T, "name")
		if w.hasName(list, l.name, name) {
			return nil, rename{}, nil
		}
		entry := name
		if l.name != "" {
			o := treetest.CloneObject(list[i].(tree.Object))
			o[l.name] = name
			entry = o
		}
		ops = []tree.Operation{{Op: "add", Path: p.Index(index("to")), Value: entry}}
	}
	for _, op := range ops {
		w.note("operation %s %s %s %s", op.Op, op.Path, op.From, tree.Append(nil, op.Value))
	}
	mode := "operations"
	if !slices.ContainsFunc(p, func(token string) bool { _, is := tree.ArrayIndex(token); return is }) {
		mode = rapid.SampledFrom([]string{"operations", "patch", "set"}).Draw(w.T, "mode")
	}
	var outcome *runtime.Outcome
	var err error
	switch mode {
	case "operations":
		outcome, err = w.rt.Operate(ctx, ops, w.actor())
	case "patch":
		changed, applyErr := tree.Apply(ctx, before.Shown(), ops)
		if applyErr != nil {
			w.Fatal(applyErr)
		}
		next, _, _ := p.Get(changed)
		patch := tree.Object{}
		setAt(patch, p, next)
		w.note("by patch")
		outcome, err = w.rt.Patch(ctx, patch, w.actor())
	default:
		changed, applyErr := tree.Apply(ctx, before.Shown(), ops)
		if applyErr != nil {
			w.Fatal(applyErr)
		}
		w.note("by set")
		outcome, err = w.rt.Set(ctx, changed, w.actor())
	}
	return outcome, renamed, err
}

func (w *walk) hasName(list []any, member string, name any) bool {
	return slices.ContainsFunc(list, func(e any) bool {
		if member == "" {
			return e == name
		}
		return tree.Identity(e, member) == name
	})
}

// writeMap renames, copies or removes an entry of a map.
func (w *walk) writeMap(before *runtime.Snapshot) (*runtime.Outcome, rename, error) {
	p := pointerOf(rapid.SampledFrom(w.maps).Draw(w.T, "map"))
	value, _, _ := p.Get(before.Stored())
	entries, _ := value.(tree.Object)
	if len(entries) == 0 {
		return nil, rename{}, nil
	}
	name := rapid.SampledFrom(slices.Sorted(maps.Keys(entries))).Draw(w.T, "entry")
	next := rapid.SampledFrom([]string{"e1", "e2", "e3"}).Draw(w.T, "name")
	if _, taken := entries[next]; taken {
		return nil, rename{}, nil
	}
	var op tree.Operation
	var renamed rename
	switch rapid.SampledFrom([]string{"move", "move", "copy", "remove"}).Draw(w.T, "op") {
	case "move":
		op = tree.Operation{Op: "move", From: p.Child(name), Path: p.Child(next)}
		at := w.model.placeOf(p, before.Stored())
		renamed = rename{at + "/" + name, at + "/" + next}
	case "copy":
		op = tree.Operation{Op: "copy", From: p.Child(name), Path: p.Child(next)}
	default:
		op = tree.Operation{Op: "remove", Path: p.Child(name)}
	}
	w.note("operation %s %s %s", op.Op, op.Path, op.From)
	outcome, err := w.rt.Operate(w.test.Context(), []tree.Operation{op}, w.actor())
	return outcome, renamed, err
}

// checkComments checks that every comment of a text is in the next one, unless it was
// about something that is not there any more, or may go. A text that has been there
// before has the comments that it had then.
func (w *walk) checkComments(before, after *runtime.Snapshot, renamed rename, mayGo func(comment string) bool) {
	text, next := string(before.Text()), string(after.Text())
	w.known[text] = maps.Clone(w.owners)
	if owners := w.known[next]; owners != nil {
		w.owners = maps.Clone(owners)
		return
	}
	places := w.model.all(after.Stored())
	for _, c := range slices.Sorted(maps.Keys(w.owners)) {
		if !strings.Contains(text, c) {
			continue
		}
		w.owners[c] = renamed.inside(w.owners[c])
		if !places[w.owners[c]] {
			delete(w.owners, c) // a comment above a key stays without it, and is about what follows
		} else if !strings.Contains(next, c) && (mayGo == nil || !mayGo(c)) {
			w.Fatalf("%q about %s has disappeared\n%s\n--- before\n%s\n--- after\n%s", c, w.owners[c], strings.Join(w.log, "\n"), text, next)
		}
	}
}

// revert undoes a generation, and checks each value and comment of the result.
func (w *walk) revert(now *runtime.Snapshot, generation uint64) {
	ctx := w.test.Context()
	revision, err := w.rt.Revision(ctx, generation)
	if err != nil {
		w.Fatal(err)
	}
	parent, err := w.rt.Revision(ctx, revision.Record.Parent.Generation)
	if err != nil {
		w.Fatal(err)
	}
	w.note("revert %d", generation)
	was, became, is := w.leavesOf(parent.Snapshot), w.leavesOf(revision.Snapshot), w.leavesOf(now)
	outcome, err := w.rt.Revert(ctx, generation, nil, w.actor())
	var c *runtime.Conflict
	var left []spot
	if errors.As(err, &c) {
		if get(w.test, w.rt).Version != now.Version {
			w.Fatalf("a refused revert has written: %s", strings.Join(w.log, "\n"))
		}
		for _, p := range c.Overlaps {
			left = append(left, w.model.placeOf(p, now.Stored()))
		}
		w.note("without %v", c.Overlaps)
		outcome, err = w.rt.Revert(ctx, generation, c.Overlaps, w.actor())
	}
	if fault.Is(err, fault.InvalidConfig) { // what came later needs what would be undone
		w.note("%v", err)
		return
	}
	if err != nil {
		w.Fatalf("%v\n%s", err, strings.Join(w.log, "\n"))
	}
	renamed := w.undone(w.renames[generation], now, outcome.After)
	became, is = renamed.leaves(became), renamed.leaves(is)
	for i, p := range left {
		left[i] = renamed.inside(p)
	}
	got := w.leavesOf(outcome.After)
	for _, leaf := range slices.Concat(keysOfLeaves(was), keysOfLeaves(became), keysOfLeaves(is), keysOfLeaves(got)) {
		want := is[leaf]
		isLeft := slices.ContainsFunc(left, func(p spot) bool { return leaf == p || strings.HasPrefix(leaf, p+"/") })
		if was[leaf] != became[leaf] && !isLeft {
			want = was[leaf]
		}
		if got[leaf] != want {
			w.Fatalf("%s is %q, want %q (was %q, became %q, is %q), left %v\n%s\n--- now\n%s\n--- after\n%s", leaf, got[leaf], want, was[leaf], became[leaf], is[leaf], left,
				strings.Join(w.log, "\n"), now.Text(), outcome.After.Text())
		}
	}
	if !outcome.Changed {
		return
	}
	if renamed.from != "" {
		w.renames[outcome.After.Version.Generation] = renamed
	}
	w.checkComments(now, outcome.After, renamed, func(c string) bool {
		return !strings.Contains(string(parent.Record.Text), c) && strings.Contains(string(revision.Record.Text), c)
	})
}

// undone returns the rename that a revert did.
func (w *walk) undone(r rename, before, after *runtime.Snapshot) rename {
	was, is := w.model.all(before.Stored()), w.model.all(after.Stored())
	if r.from == "" || was[r.from] || !is[r.from] || !was[r.to] || is[r.to] {
		return rename{}
	}
	return rename{from: r.to, to: r.from}
}

func (w *walk) leavesOf(s *runtime.Snapshot) map[spot]string {
	return w.model.leaves(nil, "", s.Stored(), make(map[spot]string))
}

func keysOfLeaves(m map[spot]string) []spot { return slices.Sorted(maps.Keys(m)) }
