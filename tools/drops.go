package tools

import (
	"fmt"
	"slices"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// drop is what a write would make disappear without naming it: a key, or
// entries of a list.
type drop struct {
	path    tree.Pointer // of the key, or of the list
	entries []string     // of a list: what the entries are called
}

// losses finds what disappears between two values that stand at one place.
type losses struct {
	model   Model
	base    tree.Pointer
	shown   tree.Object                          // what stands in the configuration, as a client may see it
	allowed []tree.Pointer                       // what may go, by allow_drop
	named   func(p tree.Pointer) bool            // whether the call itself says that a key goes
	matters func(p tree.Pointer, value any) bool // whether a key that goes is worth a word
	found   []drop
}

// between looks at everything that two values differ in. A list's entry has
// gone when nothing carries its identity any more; one without an identity that
// is no object, when nothing equals it any more.
func (l *losses) between(old, new any) {
	const at = "value"
	wrap := func(v any) tree.Object { return tree.Object{at: v} }
	keyOf := func(p tree.Pointer) string { return l.model.Key(l.place(p)) }
	for _, c := range tree.Difference(wrap(old), wrap(new), keyOf, nil) {
		if len(c.Was) == 0 {
			continue // nothing was here
		}
		p := l.place(c.Was)
		switch c.Op {
		case "remove":
			if list, i, ok := entryOf(wrap(old), c.Was); ok {
				l.lose(l.place(list), l.called(p, c.Old, c.Key, i))
			} else if !l.named(p) && l.matters(p, c.Old) {
				l.lose(p, "")
			}
		case "replace":
			list, i, inList := entryOf(wrap(old), c.Was)
			switch {
			case holds(c.Old):
				l.lose(p, "")
			case inList && !isContainer(c.Old) && !stillIn(wrap(new), c.Path, c.Old):
				l.lose(l.place(list), l.called(p, c.Old, "", i))
			}
		}
	}
}

// place is a pointer into the configuration, for one into the wrapped value.
func (l *losses) place(p tree.Pointer) tree.Pointer { return slices.Concat(l.base, p[1:]) }

// called is what an entry is called: its identity, or the text that it is, or
// where it stands.
func (l *losses) called(p tree.Pointer, entry any, key string, index string) string {
	text, isText := entry.(string)
	seen, _, _ := p.Get(l.shown)
	switch {
	case key != "":
		return key
	case isText && len(text) <= 100 && seen == entry && !holdsToken(text):
		return text
	}
	return index
}

func (l *losses) lose(p tree.Pointer, entry string) {
	if slices.ContainsFunc(l.allowed, func(a tree.Pointer) bool { return len(a) > 0 && p.HasPrefix(a) }) {
		return
	}
	i := slices.IndexFunc(l.found, func(d drop) bool { return slices.Equal(d.path, p) })
	if i < 0 {
		i = len(l.found)
		l.found = append(l.found, drop{path: p})
	}
	if entry != "" {
		l.found[i].entries = append(l.found[i].entries, entry)
	}
}

// entryOf is the list that a pointer leads into, if it leads to an entry.
func entryOf(o tree.Object, p tree.Pointer) (list tree.Pointer, index string, ok bool) {
	parent, last := p[:len(p)-1], p[len(p)-1]
	held, _, _ := parent.Get(o)
	_, ok = held.([]any)
	return parent, last, ok
}

// stillIn reports whether a list still has an entry that equals one it had.
func stillIn(o tree.Object, entry tree.Pointer, was any) bool {
	held, _, _ := entry[:len(entry)-1].Get(o)
	list, _ := held.([]any)
	return slices.ContainsFunc(list, func(e any) bool { return tree.Equal(e, was) })
}

func isContainer(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return true
	}
	return false
}

// holds reports whether something stands in a value, so that it goes with it.
func holds(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return len(v) > 0
	case []any:
		return len(v) > 0
	}
	return false
}

// wouldDrop is the refusal of a write that drops what it does not name.
func wouldDrop(drops []drop, generation uint64) error {
	shown := make([]any, 0, len(drops))
	for _, d := range drops {
		o := tree.Object{"path": d.path.String()}
		if d.entries != nil {
			entries := make([]any, 0, len(d.entries))
			for _, e := range d.entries {
				entries = append(entries, e)
			}
			o["entries"] = entries
		}
		shown = append(shown, o)
	}
	first := drops[0]
	text := ""
	if first.entries == nil {
		var keys []tree.Pointer
		for _, d := range drops {
			if d.entries == nil {
				keys = append(keys, d.path)
			}
		}
		it := "it"
		if len(keys) > 1 {
			it = "them"
		}
		text = fmt.Sprintf("%s would go, because your call leaves %s out: name only what you change, with config_patch; to let %s go, give null or name %s in allow_drop", several(keys), it, it, it)
	} else {
		exist := "which exist"
		if len(first.entries) == 1 {
			exist = "which exists"
		}
		at := place(first.path)
		text = fmt.Sprintf("%s: your list lacks %s, %s; append with operations and %s/-, change one with %s/0/…, or name %s in allow_drop if they shall go",
			at, quotedList(first.entries), exist, at, at, at)
		if len(drops) > 1 {
			text += fmt.Sprintf(" (and %d more, in drops)", len(drops)-1)
		}
	}
	return fault.New(fault.WouldDrop, "%s; nothing was written", text).With("drops", shown).With("generation", generation)
}

// quotedList lists names in quotes, at most five: "a", "b" and "c".
func quotedList(names []string) string {
	const most = 5
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = string(tree.Append(nil, name))
	}
	return tree.JoinWords(quoted, "and", most)
}

// storedLosses finds what a patch, or a new configuration, drops from what is
// stored. A key is named by a null at it, or above it.
func storedLosses(model Model, params tree.Object, given tree.Object, c *runtime.Comparison) ([]drop, error) {
	allowed, err := pointers(params, "allow_drop")
	if err != nil {
		return nil, err
	}
	l := losses{
		model: model, allowed: allowed, shown: c.Before.ShownStored(),
		named:   func(p tree.Pointer) bool { return nullAt(given, p) },
		matters: func(tree.Pointer, any) bool { return true },
	}
	l.between(c.Before.Stored(), c.After.Stored())
	return l.found, nil
}

// nullAt reports whether a null stands at a place, or above it.
func nullAt(o tree.Object, p tree.Pointer) bool {
	for i := 1; i <= len(p); i++ {
		if v, _, ok := p[:i].Get(o); ok && v == nil {
			return true
		}
	}
	return false
}

// pointers reads a parameter that is a list of JSON Pointers.
func pointers(params tree.Object, name string) ([]tree.Pointer, error) {
	list, _ := params[name].([]any)
	var all []tree.Pointer
	for i, e := range list {
		text, ok := e.(string)
		p, err := tree.ParsePointer(text)
		switch {
		case !ok:
			err = fmt.Errorf("must be a JSON Pointer, a string, not %s", tree.WithArticle(tree.TypeName(e)))
		case err == nil && len(p) == 0:
			err = fmt.Errorf("the whole configuration may not go unnamed: name its keys or lists")
		}
		if err != nil {
			at := tree.Pointer{name}.Index(i)
			return nil, fault.New(fault.InvalidParams, "%s: %v; nothing was written", at, err).With("path", at.String())
		}
		all = append(all, p)
	}
	return all, nil
}
