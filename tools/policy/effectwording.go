package policy

import (
	"fmt"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// Limits of the lines about effects in a question.
const (
	maxNamedRealms  = 20 // the names in one line
	maxEffectLines  = 40 // more are put together if only the old values differ
	maxUnknownLines = 10 // realms that cannot be composed
	maxRepeated     = 60 // bytes of a new value that is shown again for each effect
)

// lines describes the held effects, and names the realms whose effects are not known.
func (e effects) lines(w *wording) []string {
	old := func(f effectField) string { return w.oldEffect(f.change) }
	groups := groupEffects(e.held, func(f effectField) string { return w.effectLine(f, old(f)) })
	if len(groups) > maxEffectLines {
		old = func(effectField) string { return "(various values)" }
		groups = groupEffects(e.held, func(f effectField) string { return w.effectLine(f, old(f)) })
		w.isCut = true
	}
	var lines []string
	for _, g := range groups {
		lines = append(lines, "in effect in "+w.realmNames(g.realms)+": "+w.effectLine(g.effectField, old(g.effectField)))
	}
	for i, u := range e.unknown {
		w.isCut = w.isCut || u.Realm == ""
		if i == maxUnknownLines {
			w.isCut = true
			lines = append(lines, fmt.Sprintf("and %d more realms cannot be composed", len(e.unknown)-i))
			break
		}
		lines = append(lines, unknownLine(u))
	}
	return lines
}

// effectLine describes a field and its values.
func (w *wording) effectLine(f effectField, old string) string {
	c := f.change
	text := fmt.Sprintf("%s (%s): ", visiblePlace(c.Path), effectWithNote(f.risk, f.route))
	if c.Op == "move" {
		if c.Key != "" {
			text += w.text(nil, c.Key, 0) + " "
		}
		return text + "moved from " + visibleName(c.From.String())
	}
	next := w.absent(c)
	if c.Op != "remove" {
		next = w.value(c.Path, c.New, false, differingPlace(c))
	}
	if f.isGiven && f.source != nil && len(next) > maxRepeated {
		next = "the value that " + visiblePlace(f.source) + " gets"
	}
	return text + old + " → " + next
}

// oldEffect describes the old value of a change in what agents run with. All values
// there are filled in, so an absent one is absent.
func (w *wording) oldEffect(c tree.Change) string {
	if c.Op == "add" {
		return w.absent(c)
	}
	return w.value(c.Path, c.Old, false, differingPlace(c))
}

// absent describes the value of a key that is absent.
func (w *wording) absent(c tree.Change) string {
	if c.HasDefault {
		return w.value(c.Path, c.Default, false, 0) + " (the default)"
	}
	return "(absent)"
}

// realmNames names realms, and notes whether some are left out.
func (w *wording) realmNames(realms []string) string {
	w.isCut = w.isCut || len(realms) > maxNamedRealms
	return realmNames(realms)
}

// realmNames names realms: all of them, if they are few.
func realmNames(realms []string) string {
	names := make([]string, len(realms))
	for i, realm := range realms {
		names[i] = visibleName(realm)
	}
	if len(names) == 1 {
		return "realm " + names[0]
	}
	return "realms " + tree.JoinWords(names, "and", maxNamedRealms)
}

// unknownLine names a realm whose effect is not known, and says why.
func unknownLine(e runtime.Effect) string {
	if e.Realm == "" {
		return "the effect on other realms is not known: " + fault.Of(e.Refusal).Message
	}
	realm := "realm " + visibleName(e.Realm)
	if e.Refusal == nil {
		return realm + ", which could run no agents, can run them again"
	}
	why := quote(fault.ClipMiddle(fault.Of(e.Refusal).Message, maxReason))
	if e.WasRefused {
		return "the effect on " + realm + " is not known: " + why
	}
	return realm + " can run no agents any more: " + why
}

// maxReason is how many bytes of the reason a line has.
const maxReason = 300
