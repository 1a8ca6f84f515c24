package runtime

import (
	"encoding/json"
	"maps"

	"realmconf/schema/tree"
)

// sections are the members of a view's root, each with its JSON. A snapshot and
// its successor have most sections in common, and render those once. It is nil for a
// view with more than maxSections members.
type sections map[string]*section

// maxSections is far above the number of sections that a model has. The other members
// of a root are unknown keys: there may be a hundred thousand, each of which takes less
// memory than its section would.
const maxSections = 256

type section struct {
	value any
	json  lazy[json.RawMessage]
}

// newSections returns the sections of a view. It takes over those that are the
// same in the sections before, which may be nil, and refers to no others of them.
func newSections(view tree.Object, before sections) sections {
	if len(view) > maxSections {
		return nil
	}
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
// that one the snapshot before it. If no client has seen the one before, s computes
// its views when they are needed.
func (s *Snapshot) reuseViews(before *Snapshot) {
	if _, isKnown := before.shown.peek(); !isKnown {
		return
	}
	resolved := s.model.Refill(s.Stored(), before.Stored(), before.Resolved())
	shown := s.remask(resolved, before.Resolved(), before.Shown())
	s.resolved.set(resolved)
	s.shown.set(shown)
	s.shownStored.set(s.remask(s.Stored(), before.Stored(), before.ShownStored()))
	s.sections.set(newSections(shown, before.shownSections()))
}

// remask masks a view of s, where masked is the mask of the same view of the
// snapshot before. It takes over sections that are the same and hold no secret:
// the tokens of others refer to an earlier generation. Where a section may be a secret by
// what is in another one, it takes over nothing.
func (s *Snapshot) remask(view, before, masked tree.Object) tree.Object {
	if s.model.HasForms() {
		return viewIfSame(view, s.model.Mask(view, s.token))
	}
	rest := make(tree.Object)
	for name, v := range view {
		if old, had := before[name]; !had || !tree.Same(v, old) || !tree.Same(masked[name], old) {
			rest[name] = v
		}
	}
	maskedRest := s.model.Mask(rest, s.token)
	if tree.SameMembers(rest, maskedRest) {
		return view
	}
	shown := maps.Clone(view)
	maps.Copy(shown, maskedRest)
	return shown
}

// viewIfSame returns a masked view, and the view itself in the place of an equal copy.
func viewIfSame(view, masked tree.Object) tree.Object {
	if tree.SameMembers(view, masked) {
		return view
	}
	return masked
}
