package runtime

import (
	"encoding/json"
	"sync"

	"realmconf/schema/tree"
)

// sections are the members of a view's root, each with its JSON. Snapshots that
// follow each other have most of them in common, and render those once.
type sections map[string]*section

type section struct {
	value  any
	render func() json.RawMessage
}

// newSections are those of a view that follows another one, or nothing. They
// hold on to no more of that than what is the same.
func newSections(view tree.Object, before sections) sections {
	s := make(sections, len(view))
	for name, value := range view {
		if b := before[name]; b != nil && tree.Same(b.value, value) {
			s[name] = b
			continue
		}
		s[name] = &section{value, sync.OnceValue(func() json.RawMessage { return tree.Append(nil, value) })}
	}
	return s
}

// json is the whole view.
func (s sections) json() json.RawMessage {
	rendered, size := make(tree.Object, len(s)), len("{}")
	for name, section := range s {
		text := section.render()
		rendered[name] = text
		size += len(`"":,`) + len(name) + len(text) // a name that needs escapes makes it grow
	}
	return tree.Append(make([]byte, 0, size), rendered)
}

// follow gives a new snapshot the views that it shows, made from those of the
// one before: what is the same in both, section by section, is not worked out
// again. It is done at once, so that no snapshot holds on to the one before.
func (s *Snapshot) follow(before *Snapshot, model Model) {
	resolved := model.Refill(s.Stored(), before.Stored(), before.Resolved())
	shown := remask(model, s.mint, resolved, before.Resolved(), before.Shown())
	shownStored := remask(model, s.mint, s.Stored(), before.Stored(), before.ShownStored())
	parts := newSections(shown, before.sections())
	s.resolve = func() tree.Object { return resolved }
	s.shown = func() tree.Object { return shown }
	s.shownStored = func() tree.Object { return shownStored }
	s.sections = func() sections { return parts }
}

// remask is Mask of a configuration, where masked is that of was. A section in
// which there was no secret, and that is the same, has none.
func remask(model Model, mint mint, config, was, masked tree.Object) tree.Object {
	shown := make(tree.Object, len(config))
	open := make(tree.Object)
	for name, v := range config {
		if old, had := was[name]; had && tree.Same(v, old) && tree.Same(masked[name], old) {
			shown[name] = v
			continue
		}
		open[name] = v
	}
	for name, v := range model.Mask(open, mint) {
		shown[name] = v
	}
	return shown
}
