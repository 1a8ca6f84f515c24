package policy

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"realmconf/runtime/store"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// wording describes values to a person. If a secret comes to a place and another
// place has it already, the description says so: the secret is about to be used
// for something else.
type wording struct {
	model   Model
	secrets map[string]tree.Pointer // a place of each stored secret, by its value as JSON
	after   tree.Object             // the stored configuration after the change
	held    map[string]bool         // the places of the held fields
	entries *entries                // those that come, go or are renamed
	now     uint64                  // the current generation
	earlier *store.Record           // the generation that the call goes back to; nil if it does not
}

func newWording(u *Unapproved) wording {
	w := wording{model: u.model, secrets: make(map[string]tree.Pointer), after: u.comparison.After.Stored(), held: make(map[string]bool), entries: newEntries(u.model, u.comparison),
		now: u.comparison.Before.Version.Generation, earlier: u.call.Earlier}
	w.model.Mask(u.comparison.Before.Stored(), func(p tree.Pointer, secret any) string {
		w.secrets[string(tree.Append(nil, secret))] = slices.Clone(p)
		return ""
	})
	for _, path := range paths(u.held) {
		w.held[path] = true
	}
	return w
}

// heldLines describes a field that is held. The fields of an entry have one line
// together.
func (w wording) heldLines(f field) []string {
	if entry := w.entries.of(f.change); entry != nil {
		return w.entryLines(entry, "")
	}
	return w.lines(f.change, " ("+effect(f.risk)+")")
}

// entryLines describes an entry that comes, goes or is renamed, unless it has been
// described.
func (w wording) entryLines(e *entryChange, note string) []string {
	if e.isTold {
		return nil
	}
	e.isTold = true
	if other := e.renamed; other != nil {
		if other.isTold = true; e.change.Op == "remove" {
			e, other = other, e
		}
		return []string{fmt.Sprintf("%s%s: renamed from %s to %s", visiblePlace(e.change.Path), classesOf(e.classes, note),
			visible(jsonQuote(w.entries.name(other))), visible(jsonQuote(w.entries.name(e))))}
	}
	return w.lines(e.change, classesOf(e.classes, note))
}

// classesOf names risk classes in brackets; "" if there are none.
func classesOf(classes schema.RiskSet, note string) string {
	if classes == 0 {
		return ""
	}
	return " (" + effect(classes) + note + ")"
}

// lines describes a change: its place, a note about it, and its values.
func (w wording) lines(c tree.Change, note string) []string {
	place := visiblePlace(c.Path) + note
	before, isText := c.Old.(string)
	after, isTextToo := c.New.(string)
	if c.Op == "replace" && isText && isTextToo && !containsToken(before) && !containsToken(after) {
		if lines := textLines(place, before, after); lines != nil {
			return lines
		}
	}
	return []string{place + ": " + w.values(c)}
}

// values describes the old and the new value of a change.
func (w wording) values(c tree.Change) string {
	if c.Op == "move" {
		moved := "moved from " + visibleName(c.From.String())
		if c.Key != "" {
			moved = visible(jsonQuote(c.Key)) + " " + moved
		}
		return moved
	}
	if len(c.Path) == 0 {
		return w.unknownText()
	}
	before, after := "(absent)", "(absent)"
	if c.HasDefault {
		before = w.value(nil, c.Default) + " (the default)"
		after = before
	}
	if c.Op != "add" {
		before = w.value(nil, c.Old)
	}
	if c.Op != "remove" {
		after = w.value(c.Path, c.New)
	}
	return before + " → " + after
}

// unknownText says what becomes of a text that is not TOML.
func (w wording) unknownText() string {
	fate := fmt.Sprintf("the present text is not TOML, so that it cannot be shown; all of it goes, and stays in the history as generation %d", w.now)
	r := w.earlier
	if r == nil {
		return fate
	}
	author := "a client that gives no name"
	switch {
	case r.Actor.Name != "":
		author = visibleName(r.Actor.Name)
	case r.Operation == store.External, r.Operation == store.Peer:
		author = "another program or by hand"
	}
	return fmt.Sprintf("%s. generation %d of %s, by %s, comes back", fate, r.Generation, r.Time.UTC().Format("2006-01-02 15:04 UTC"), author)
}

// value describes one value, which comes to p. A nil p means that it goes.
func (w wording) value(p tree.Pointer, v any) string {
	switch v := v.(type) {
	case map[string]any:
		return w.object(p, v)
	case []any:
		if tree.HasContainers(v) {
			return w.list(p, v)
		}
	}
	text, isText := v.(string)
	if !isText || !strings.HasPrefix(text, schema.TokenPrefix) {
		return visible(string(tree.Append(nil, v))) + w.includedSecrets(p)
	}
	if _, stored := schema.ParseToken(text); stored || p == nil {
		return "(a secret, not shown)"
	}
	value, _, _ := p.Get(w.after)
	if from, known := w.secrets[string(tree.Append(nil, value))]; known {
		return "(the secret from " + visibleName(from.String()) + ")"
	}
	return "(a new secret, not shown)"
}

// object describes an object as JSON, with each of its values as value describes it.
func (w wording) object(p tree.Pointer, o tree.Object) string {
	members := make([]string, 0, len(o))
	for _, name := range slices.Sorted(maps.Keys(o)) {
		members = append(members, visible(jsonQuote(name))+":"+w.value(below(p, name), o[name]))
	}
	return "{" + strings.Join(members, ",") + "}"
}

// list does the same for a list.
func (w wording) list(p tree.Pointer, list []any) string {
	members := make([]string, len(list))
	for i, v := range list {
		members[i] = w.value(below(p, strconv.Itoa(i)), v)
	}
	return "[" + strings.Join(members, ",") + "]"
}

// below is Child for the place of a value, which is nil if the value goes.
func below(p tree.Pointer, token string) tree.Pointer {
	if p == nil {
		return nil
	}
	return p.Child(token)
}

// includedSecrets describes the secrets of other places in the list or address
// at p.
func (w wording) includedSecrets(p tree.Pointer) string {
	if p == nil {
		return ""
	}
	text := ""
	var look func(v any)
	look = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				look(e)
			}
		case string:
			schema.ReplaceTokens(v, func(t schema.Token) schema.Token {
				if !slices.Equal(t.Path, p) {
					text += " (with the secret from " + visibleName(t.Path.String()) + ")"
				}
				return t
			})
		}
	}
	value, _, _ := p.Get(w.after)
	look(value)
	return text
}

// otherChanges describes the parts of a change that are not held: those without
// a risk class, and those that a flag allows.
func (w wording) otherChanges(c tree.Change) []string {
	if entry := w.entries.of(c); entry != nil {
		return w.entryLines(entry, ", and is allowed")
	}
	if w.held[c.Path.String()] {
		return nil
	}
	note := ""
	if risk := w.model.Risk(c.Path); risk != 0 {
		note = " (" + effect(risk) + ", and is allowed)"
	}
	return w.lines(c, note)
}

// effect says what a field of some classes does.
func effect(classes schema.RiskSet) string {
	var texts []string
	for _, class := range classes.Classes() {
		texts = append(texts, effectOf(class))
	}
	return strings.Join(texts, ", ")
}

func effectOf(class schema.Risk) string {
	switch class {
	case schema.RiskExec:
		return "runs code"
	case schema.RiskSecret:
		return "holds a secret"
	case schema.RiskNetwork:
		return "reaches the network"
	case schema.RiskPath:
		return "reads or writes files"
	case schema.RiskPosture:
		return "sets what agents may do"
	}
	return string(class)
}
