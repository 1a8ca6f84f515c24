package runtime

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"realmconf/runtime/document"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// change is what a write makes of a snapshot. It is asked for anew when
// somebody else was first.
type change func(current *Snapshot) (target, error)

// target is what the configuration shall be: a tree, for which the bytes are
// found by editing, or a whole text.
type target struct {
	tree     tree.Object
	document *document.Document // nil: edit the current one

	// given is tree as the client gave it, in stored terms: with tokens in the
	// place of the secrets that stay what and where they are. nil where nobody
	// gave anything, as in a rollback.
	given func() tree.Object
}

// Set replaces the whole configuration by one that a client gives, in the
// resolved view: what equals its default is not written down, null stands for
// an optional field that is absent, a key left out returns to its default.
// Bytes of the file that say what they should stay. A token stands for the
// secret that it refers to.
func (r *Runtime) Set(ctx context.Context, config tree.Object, w Write) (*Outcome, error) {
	w.operation = store.Set
	w.change = func(current *Snapshot) (target, error) { return r.replacement(ctx, current, config) }
	return r.write(ctx, w)
}

// Patch applies a JSON merge patch (RFC 7396) to the stored configuration, so
// that no default is ever written down by it. It is also applied to what is
// shown of that: where a secret would come to stand at a place that is shown, the
// patch is refused.
func (r *Runtime) Patch(ctx context.Context, patch tree.Object, w Write) (*Outcome, error) {
	w.operation, w.named = store.Patch, leaves(nil, patch)
	w.change = func(current *Snapshot) (target, error) {
		merged := tree.Merge(current.Stored(), patch).(tree.Object)
		revealed, issues := r.reveal(ctx, current, merged, current.Stored())
		issues = append(issues, r.elsewhere(current, patch)...)
		shown := tree.Merge(current.ShownStored(), patch).(tree.Object)
		if len(issues) == 0 && current.settled {
			_, issues = r.reveal(ctx, current, shown, current.Stored())
		}
		if len(issues) > 0 {
			return target{}, invalid(issues, current.Version.Generation)
		}
		return target{tree: revealed, given: sync.OnceValue(func() tree.Object { return r.upToDate(ctx, current, shown) })}, nil
	}
	return r.write(ctx, w)
}

// Operate carries out a JSON Patch (RFC 6902) on the resolved configuration as
// it is shown, with tokens in the place of secrets: so nothing can be copied
// out of a secret field, or guessed by a test. The difference that it makes is
// applied to what is stored.
func (r *Runtime) Operate(ctx context.Context, operations []tree.Operation, w Write) (*Outcome, error) {
	w.operation = store.Patch
	for _, op := range operations {
		w.named = append(w.named, op.Path)
		if op.From != nil {
			w.named = append(w.named, op.From)
		}
	}
	w.change = func(current *Snapshot) (target, error) {
		changed, err := tree.Apply(current.Shown(), r.refreshed(ctx, current, operations))
		if err != nil {
			return target{}, inoperable(err, current.Version.Generation)
		}
		return r.replacement(ctx, current, changed)
	}
	return r.write(ctx, w)
}

// replacement is what a whole configuration in the resolved view, given with
// tokens, makes of the stored one. Sections that were given back as they are
// shown stay as they are stored, or not stored.
func (r *Runtime) replacement(ctx context.Context, current *Snapshot, config tree.Object) (target, error) {
	kept, changed := make(tree.Object), make(tree.Object)
	for name, v := range config {
		shown, has := current.Shown()[name]
		if current.settled && has && tree.Equal(v, shown) {
			if stored, is := current.Stored()[name]; is {
				kept[name] = stored
			}
			continue
		}
		changed[name] = v
	}
	revealed, issues := r.reveal(ctx, current, changed, current.Resolved())
	given, more := r.model.Canonical(revealed)
	if issues = append(issues, more...); len(issues) > 0 {
		return target{}, invalid(issues, current.Version.Generation)
	}
	next := rewrite(r.model, members(current.Stored(), changed), members(current.Resolved(), changed), given)
	maps.Copy(next, kept)
	return target{tree: next, given: sync.OnceValue(r.asGiven(ctx, current, config))}, nil
}

// members are those of an object that another one has too.
func members(o, like tree.Object) tree.Object {
	found := make(tree.Object, len(like))
	for name := range like {
		if v, has := o[name]; has {
			found[name] = v
		}
	}
	return found
}

// Rollback makes the configuration what it was at an earlier generation, byte
// for byte; 0 is the empty configuration. It is a new generation, and works
// also where the current text is not TOML. A generation that is not kept is a
// not_found fault, one whose text is not TOML a corrupt_config fault.
func (r *Runtime) Rollback(ctx context.Context, to uint64, w Write) (*Outcome, error) {
	w.operation, w.rollbackTo = store.Rollback, &to
	w.change = func(current *Snapshot) (target, error) {
		before, err := r.valid(ctx, to)
		if err != nil {
			return target{}, err
		}
		return target{tree: before.Stored(), document: before.document}, nil
	}
	return r.write(ctx, w)
}

// Replace makes a text the configuration, as it is, comments and all: for
// people, who edit the file. A text that is not TOML is a corrupt_config
// fault with the place of the mistake. Tokens are refused: a person writes the
// secret itself.
func (r *Runtime) Replace(ctx context.Context, text []byte, w Write) (*Outcome, error) {
	w.operation = store.Set
	if len(text) > MaxText {
		return nil, tooLarge()
	}
	doc, err := document.Parse(text)
	var syntax *document.SyntaxError
	if errors.As(err, &syntax) {
		return nil, fault.New(fault.CorruptConfig, "the new text is not TOML: line %d, column %d: %s; mend it there, and try again; nothing was written",
			syntax.Line, syntax.Column, syntax.Reason).With("line", syntax.Line).With("column", syntax.Column)
	}
	if err != nil {
		return nil, err
	}
	w.change = func(current *Snapshot) (target, error) {
		_, issues := r.model.Reveal(doc.Tree(), current.Stored(), func(schema.Token, schema.Part) (any, bool) { return nil, false })
		if len(issues) > 0 {
			return target{}, invalid(located(issues, doc), current.Version.Generation)
		}
		return target{tree: doc.Tree(), document: doc}, nil
	}
	return r.write(ctx, w)
}

// edited is the document of a target, and what could not be changed in place.
func (t target) edited(before *document.Document, model Model) (*document.Document, []tree.Pointer, error) {
	if t.document == nil {
		doc, reformatted, err := before.Edit(t.tree, model.Key)
		if errors.Is(err, document.ErrTooLong) {
			return nil, nil, tooLarge()
		}
		return doc, reformatted, err
	}
	if bytes.Equal(t.document.Text(), before.Text()) {
		return before, nil, nil
	}
	return t.document, nil, nil
}

// leaves are the places that a merge patch names.
func leaves(p tree.Pointer, patch any) []tree.Pointer {
	o, isObject := patch.(map[string]any)
	if !isObject || len(o) == 0 {
		return []tree.Pointer{p}
	}
	var all []tree.Pointer
	for name, member := range o {
		all = append(all, leaves(p.Child(name), member)...)
	}
	return all
}

// elsewhere finds the nulls of a patch that would do nothing, although the key
// that they name has a value: it is stored by another name.
func (r *Runtime) elsewhere(current *Snapshot, patch tree.Object) []schema.Issue {
	var issues []schema.Issue
	var canonical tree.Object
	for _, p := range leaves(nil, patch) {
		if v, _, named := p.Get(patch); !named || v != nil {
			continue
		}
		if _, _, there := p.Get(current.Stored()); there {
			continue
		}
		if canonical == nil {
			canonical, _ = r.model.Canonical(current.Stored())
		}
		if _, _, meant := p.Get(canonical); !meant {
			continue
		}
		parent := p[:len(p)-1]
		stored, _, _ := parent.Get(current.Stored())
		known, _, _ := parent.Get(canonical)
		other, _ := stored.(map[string]any)
		own, _ := known.(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(other)) {
			if _, same := own[name]; !same {
				issues = append(issues, schema.Issue{
					Kind: schema.Duplicate, Path: p.String(), Message: "this key is stored by another name",
					Hint: "give null to " + parent.Child(name).String(),
				})
				break
			}
		}
	}
	return issues
}
