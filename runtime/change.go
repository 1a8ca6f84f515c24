package runtime

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"realmconf/runtime/document"
	"realmconf/runtime/store"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// changeFunc computes the configuration that a write wants, from the current one. It
// is called again whenever another program committed first.
type changeFunc func(current *Snapshot) (target, error)

// target is the configuration that a write wants.
type target struct {
	tree     tree.Object
	document *document.Document // the whole text; nil to edit the current text
	moves    []document.Move    // from the current configuration to tree
	earlier  *document.Document // a text from which parts of tree come back; nil if there is none

	// fromClient returns tree as the client gave it, in stored terms: with tokens
	// in the place of stored secrets. It is nil if tree does not come from a
	// client, as in a rollback.
	fromClient func() tree.Object

	// mistakesOf is an earlier configuration that the write brings back, in part or
	// whole: its mistakes are warnings, as if the current configuration had them. It
	// is nil for other writes.
	mistakesOf tree.Object
}

// Set replaces the whole configuration by one that a client gives in the
// resolved view. A value that equals its default is not stored unless it was,
// null for an optional field means that it is absent, and a key that is left out
// returns to its default. Text whose meaning stays is not touched. A token is
// replaced by the secret that it refers to.
func (r *Runtime) Set(ctx context.Context, config tree.Object, w Write) (*Outcome, error) {
	w.operation, w.replacesWhole = store.Set, true
	if err := checkLengths(config); err != nil {
		return nil, err
	}
	w.change = func(current *Snapshot) (target, error) { return r.replacement(ctx, current, config, nil) }
	return r.write(ctx, w)
}

// Patch applies a JSON merge patch (RFC 7396) to the stored configuration, so
// that no default is stored by it; lists are as in keepListDefaults. A patch that would
// leave a secret in a place that clients see is refused: to find it, the patch is also
// applied to ShownStored.
func (r *Runtime) Patch(ctx context.Context, patch tree.Object, w Write) (*Outcome, error) {
	if err := checkLengths(patch); err != nil {
		return nil, err
	}
	w.operation, w.named = store.Patch, leaves(nil, patch)
	w.change = func(current *Snapshot) (target, error) {
		patch := r.model.NamesAsStored(r.model.Accept(patch, current.ShownStored()), current.Stored())
		merged := tree.Merge(current.Stored(), patch).(tree.Object)
		revealed, issues := r.reveal(ctx, current, merged, current.Stored())
		shown := tree.Merge(current.ShownStored(), patch).(tree.Object)
		if len(issues) == 0 && current.committed {
			// In shown, every stored secret is a token: one that the patch leaves in a
			// place where no secret may be, as by another type of its entry, is refused.
			_, issues = r.reveal(ctx, current, shown, current.Stored())
		}
		if len(issues) > 0 {
			return target{}, invalidFault(firstOf(issues), current.Version.Generation)
		}
		next := keepListDefaults(r.model, patch, revealed, current.Stored(), current.Resolved())
		renamed := renamingsIn(r.model, patch, shown, current.ShownStored(), current.Shown())
		next = renamed.keep(next, current.Stored()) // what a renamed entry stores goes along
		return target{tree: next, fromClient: sync.OnceValue(func() tree.Object {
			renewed := renewTokens(shown, r.renewer(ctx, current)).(tree.Object)
			next := keepListDefaults(r.model, patch, renewed, current.ShownStored(), current.Shown())
			return renamed.keep(next, current.ShownStored())
		})}, nil
	}
	return r.write(ctx, w)
}

// Operate applies a JSON Patch (RFC 6902) to Shown, the resolved configuration
// with tokens in the place of secrets, so that no operation can copy a secret or
// test a guess. The difference that it makes is applied to the stored
// configuration. A part that is moved or copied is stored as it was, without
// defaults, and one that is moved keeps its text.
func (r *Runtime) Operate(ctx context.Context, operations []tree.Operation, w Write) (*Outcome, error) {
	w.operation = store.Patch
	for _, op := range operations {
		if err := checkLengths(op.Value); err != nil {
			return nil, err
		}
		w.named = append(w.named, op.Path)
		if op.From != nil {
			w.named = append(w.named, op.From)
		}
	}
	w.change = func(current *Snapshot) (target, error) {
		named := make([]tree.Operation, len(operations))
		for i, op := range operations {
			named[i] = NamesAsShown(r.model, op, current)
		}
		changed, err := tree.Apply(ctx, current.Shown(), r.renewTests(ctx, current, named))
		if err != nil {
			return target{}, operationFault(err, current.Version.Generation)
		}
		return r.replacement(ctx, current, changed, movesOf(named, changed))
	}
	return r.write(ctx, w)
}

// NamesAsShown returns an operation on a configuration as a client reads it, in which
// keys have the names that they have there: a client may know another one.
func NamesAsShown(model interface {
	PathIn(p tree.Pointer, config tree.Object) tree.Pointer
}, op tree.Operation, s *Snapshot) tree.Operation {
	op.Path = model.PathIn(op.Path, s.Shown())
	if op.From != nil {
		op.From = model.PathIn(op.From, s.Shown())
	}
	return op
}

// replacement returns the target of a whole configuration that is given in the
// resolved view, with tokens. Sections that are given as they are shown stay as
// they are stored, or absent, and parts that moved are stored as before.
func (r *Runtime) replacement(ctx context.Context, current *Snapshot, config tree.Object, moves []document.Move) (target, error) {
	isShown := func(name string, v any) bool {
		shown, has := current.Shown()[name]
		return current.committed && has && tree.Equal(v, shown)
	}
	kept, changed := make(tree.Object, len(config)), make(tree.Object)
	for name, v := range config {
		if !isShown(name, v) { // Accept would leave what is as shown as it is
			changed[name] = v
		}
	}
	accepted := sync.OnceValue(func() tree.Object { return r.model.Accept(config, current.Shown()) })
	if r.model.HasForms() {
		for name := range changed {
			changed[name] = accepted()[name]
		}
	} else {
		changed = r.model.Accept(changed, current.Shown())
	}
	for name := range config {
		if v, differs := changed[name]; differs && !isShown(name, v) {
			continue
		}
		delete(changed, name)
		if stored, is := current.Stored()[name]; is {
			kept[name] = stored
		}
	}
	revealed, issues := r.reveal(ctx, current, changed, current.Resolved())
	given, more := r.model.Canonical(revealed)
	if issues = append(issues, more...); len(issues) > 0 {
		return target{}, invalidFault(firstOf(issues), current.Version.Generation)
	}
	renamed := renamingsOf(r.model, membersOf(current.ShownStored(), changed), membersOf(current.Shown(), changed), changed)
	next := rewrite(r.model, membersOf(current.Stored(), changed), membersOf(current.Resolved(), changed), given,
		newSources(r.model, moves, current.Stored(), current.Resolved()), renamed)
	maps.Copy(next, kept)
	inText := slices.Clone(moves)
	for i := range inText {
		inText[i].From = r.model.PathIn(inText[i].From, current.Stored())
	}
	return target{tree: next, moves: inText, fromClient: sync.OnceValue(func() tree.Object {
		renewed := renewTokens(accepted(), r.renewer(ctx, current)).(tree.Object)
		canonical, _ := r.model.Canonical(renewed)
		return rewrite(r.model, current.ShownStored(), current.Shown(), canonical,
			newSources(r.model, moves, current.ShownStored(), current.Shown()), renamed)
	})}, nil
}

// membersOf returns the members of o whose names like has too.
func membersOf(o, like tree.Object) tree.Object {
	found := make(tree.Object, len(like))
	for name := range like {
		if v, has := o[name]; has {
			found[name] = v
		}
	}
	return found
}

// Rollback restores the configuration of an earlier generation, byte for byte, as
// a new generation; 0 is the empty configuration. It also works while the current
// text is not TOML, and for a generation with mistakes, which are warnings then. A
// generation that is not kept is a not_found fault, one whose text is not TOML a
// corrupt_config fault.
func (r *Runtime) Rollback(ctx context.Context, to uint64, w Write) (*Outcome, error) {
	w.operation, w.rollbackTo = store.Rollback, &to
	w.change = func(*Snapshot) (target, error) {
		earlier, err := r.valid(ctx, to)
		if err != nil {
			return target{}, err
		}
		return target{tree: earlier.Stored(), document: earlier.document, mistakesOf: earlier.Stored()}, nil
	}
	return r.write(ctx, w)
}

// Replace makes a text the configuration as it is, comments included: for
// people, who edit the file. A text that is not TOML is a corrupt_config fault
// with the place of the mistake. Tokens are refused, because a person writes the
// secret itself. The text must not be changed any more.
func (r *Runtime) Replace(ctx context.Context, text []byte, w Write) (*Outcome, error) {
	w.operation = store.Set
	if len(text) > MaxText {
		return nil, tooLargeFault()
	}
	doc, err := document.Parse(text)
	var syntax *document.SyntaxError
	if errors.As(err, &syntax) {
		return nil, notTOMLFault("the new text is", syntax, "correct it there, and try again; nothing was written")
	}
	if err != nil {
		return nil, err
	}
	w.change = func(current *Snapshot) (target, error) {
		_, issues := r.model.Reveal(doc.Tree(), current.Stored(), func(schema.Token, schema.Part) (any, bool) { return nil, false })
		if len(issues) > 0 {
			return target{}, invalidFault(firstOf(locate(issues, doc)), current.Version.Generation)
		}
		return target{tree: doc.Tree(), document: doc}, nil
	}
	return r.write(ctx, w)
}

// edit returns the document of a target, and the places that could not be
// changed in place. given is the text that a client gave, nil if there is none.
func (t target) edit(before, given *document.Document, model Model) (*document.Document, []tree.Pointer, error) {
	if t.document != nil {
		return t.document, nil, nil
	}
	sources := document.Sources{Moves: t.moves, Given: given}
	if t.earlier != nil {
		sources.Earlier = []*document.Document{t.earlier}
	}
	doc, reformatted, err := before.EditFrom(t.tree, newEditModel(model, t), sources)
	switch {
	case errors.Is(err, document.ErrTooLong):
		return nil, nil, tooLargeFault()
	case errors.Is(err, document.ErrTooMany):
		return nil, nil, tooManyKeysFault()
	}
	return doc, reformatted, err
}

// leaves returns the places that a merge patch names.
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
