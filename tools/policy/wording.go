package policy

import (
	"slices"
	"strings"

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
}

func newWording(u *Unapproved) wording {
	w := wording{model: u.model, secrets: make(map[string]tree.Pointer), after: u.comparison.After.Stored(), held: make(map[string]bool)}
	w.model.Mask(u.comparison.Before.Stored(), func(p tree.Pointer, secret any) string {
		w.secrets[string(tree.Append(nil, secret))] = slices.Clone(p)
		return ""
	})
	for _, path := range paths(u.held) {
		w.held[path] = true
	}
	return w
}

// values describes the old and the new value of a change.
func (w wording) values(c tree.Change) string {
	if c.Op == "move" {
		return "moved from " + visibleName(c.From.String())
	}
	if len(c.Path) == 0 {
		return "the present text is not TOML, so that it cannot be shown; all of it goes"
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

// value describes one value, which comes to p. A nil p means that it goes.
func (w wording) value(p tree.Pointer, v any) string {
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
// a risk class, and those that a flag allows. There is a line for each.
func (w wording) otherChanges(c tree.Change) []string {
	if parts := memberChanges(c); len(parts) > 0 {
		var lines []string
		for _, part := range parts {
			lines = append(lines, w.otherChanges(part)...)
		}
		slices.Sort(lines)
		return lines
	}
	if w.held[c.Path.String()] {
		return nil
	}
	note := ""
	if risk := w.model.Risk(c.Path); risk != schema.RiskNone {
		note = " (" + effect(risk) + ", and is allowed)"
	}
	return []string{visibleName(c.Path.String()) + note + ": " + w.values(c)}
}

// effect says what a field of a class does.
func effect(r schema.Risk) string {
	switch r {
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
	return string(r)
}
