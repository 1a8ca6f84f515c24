package policy

import (
	"fmt"
	"strings"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// Limits of the lines about effects in a question.
const (
	maxNamedRealms  = 20  // the names in one line
	maxEffectLines  = 40  // more are put together if only the old values differ
	maxUnknownLines = 10  // realms that cannot be composed
	maxRepeated     = 200 // bytes of a new value that is shown again for each effect
)

// lines describes the held effects, and names the realms whose effects are not known.
func (e effects) lines() []string {
	groups := groupEffects(e.held, func(f effectField) string { return effectLine(f, oldText(f.change)) })
	old := func(f effectField) string { return oldText(f.change) }
	if len(groups) > maxEffectLines {
		old = func(effectField) string { return "(various values)" }
		groups = groupEffects(e.held, func(f effectField) string { return effectLine(f, old(f)) })
	}
	var lines []string
	for _, g := range groups {
		lines = append(lines, "in effect in "+realmNames(g.realms)+": "+effectLine(g.effectField, old(g.effectField)))
	}
	for i, u := range e.unknown {
		if i == maxUnknownLines {
			lines = append(lines, fmt.Sprintf("and %d more realms cannot be composed", len(e.unknown)-i))
			break
		}
		lines = append(lines, unknownLine(u))
	}
	return lines
}

// effectLine describes a field and its values.
func effectLine(f effectField, old string) string {
	text := fmt.Sprintf("%s (%s): ", visiblePlace(f.change.Path), effect(f.risk))
	if f.change.Op == "move" {
		return text + "moved from " + visibleName(f.change.From.String())
	}
	next := newText(f.change)
	if f.isGiven && f.source != nil && len(next) > maxRepeated {
		next = "the value that " + visiblePlace(f.source) + " gets"
	}
	return text + old + " → " + next
}

// oldText and newText describe the values of a change in what agents run with. All
// values there are filled in, so an absent one is absent.
func oldText(c tree.Change) string {
	if c.Op == "add" {
		return absentText(c)
	}
	return effectValue(c.Old)
}

func newText(c tree.Change) string {
	if c.Op == "remove" {
		return absentText(c)
	}
	return effectValue(c.New)
}

func absentText(c tree.Change) string {
	if c.HasDefault {
		return effectValue(c.Default) + " (the default)"
	}
	return "(absent)"
}

// effectValue describes one value. A secret may be another realm's.
func effectValue(v any) string {
	text, _ := v.(string)
	if !strings.HasPrefix(text, schema.TokenPrefix) {
		return visible(string(tree.Append(nil, v)))
	}
	if realm, isInherited := runtime.RealmOfSecret(text); isInherited {
		return "(a secret of realm " + visibleName(realm) + ", not shown)"
	}
	if _, isStored := schema.ParseToken(text); isStored {
		return "(a secret, not shown)"
	}
	return "(a new secret, not shown)"
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
	realm := "realm " + visibleName(e.Realm)
	if e.Refusal == nil {
		return realm + ", which could run no agents, can run them again"
	}
	why := visible(fault.ClipMiddle(fault.Of(e.Refusal).Message, maxReason))
	if e.WasRefused {
		return "the effect on " + realm + " is not known: " + why
	}
	return realm + " can run no agents any more: " + why
}

// maxReason is how many bytes of the reason a line has.
const maxReason = 300
