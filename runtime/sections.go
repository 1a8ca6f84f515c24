package runtime

import (
	"encoding/json"
	"maps"

	"realmconf/schema/tree"
)

// sections are the members of a view's root, each with its JSON. A snapshot and
// its successor have most sections in common, and render those once.
type sections map[string]*section

type section struct {
	value any
	json  lazy[json.RawMessage]
}

// newSections returns the sections of a view. It takes over those that are the
// same in the sections before, which may be nil, and refers to no others of them.
func newSections(view tree.Object, before sections) sections {
	s := make(sections, len(view))
	for name, value := range view {
		if b := before[name]; b != nil && tree.Same(b.value, value) {
			s[name] = b
			continue
		}
		s[name] = &section{value: value}
	}
	return s
}

func (s *section) render() json.RawMessage {
	return s.json.get(func() json.RawMessage { return tree.Append(nil, s.value) })
}

// json returns the JSON of the whole view.
func (s sections) json() json.RawMessage {
	rendered, size := make(tree.Object, len(s)), len("{}")
	for name, section := range s {
		text := section.render()
		rendered[name] = text
		size += len(`"":,`) + len(name) + len(text) // more if a name needs escapes
	}
	return tree.Append(make([]byte, 0, size), rendered)
}

// reuseViews computes the views of a new snapshot from those of the one before,
// and computes nothing again for sections that are the same in both. It does so
// at once: a later computation would keep the snapshot before in memory, and
// that one the snapshot before it.
func (s *Snapshot) reuseViews(before *Snapshot) {
	resolved := s.model.Refill(s.Stored(), before.Stored(), before.Resolved())
	shown := s.remask(resolved, before.Resolved(), before.Shown())
	s.resolved.set(resolved)
	s.shown.set(shown)
	s.shownStored.set(s.remask(s.Stored(), before.Stored(), before.ShownStored()))
	s.sections.set(newSections(shown, before.shownSections()))
}

// remask masks a view of s, where masked is the mask of the same view of the
// snapshot before. It takes over sections that are the same and hold no secret:
// the tokens of others refer to an earlier generation.
func (s *Snapshot) remask(view, before, masked tree.Object) tree.Object {
	shown, rest := make(tree.Object, len(view)), make(tree.Object)
	for name, v := range view {
		if old, had := before[name]; had && tree.Same(v, old) && tree.Same(masked[name], old) {
			shown[name] = v
		} else {
			rest[name] = v
		}
	}
	maps.Copy(shown, s.model.Mask(rest, s.token))
	return shown
}
