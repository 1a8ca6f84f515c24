package tools

import (
	"fmt"
	"slices"
	"strings"

	"realmconf/schema"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// state is what a refusal calls an answer. An unclear one is none, as if the
// question had been closed.
func state(a policy.Answer) string {
	if a == policy.Unclear {
		return string(policy.Cancelled)
	}
	return string(a)
}

// maxQuestion is how long a question may be, in bytes. Nobody reads more before
// saying yes; and what is not shown is not asked.
const maxQuestion = 16 << 10

// question puts a change into words for a person: who wants it, where, each
// change with its values, and why. What comes from the client stands on one line
// and in quotes, so that it cannot look like ours.
func (u *unapproved) question(client string, args tree.Object) (policy.Question, error) {
	before := u.comparison.Before
	realm := "the realm"
	if id := before.Metadata.RealmID; id != nil {
		realm = "realm " + *id
	}
	who := "a program that gives no name"
	if client != "" {
		who = name(client)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s wants to change %s (generation %d):", who, realm, before.Version.Generation)
	w := u.wording()
	for _, f := range u.held {
		fmt.Fprintf(&b, "\n%s (%s): %s", where(f.change.Path), doing(f.risk), w.values(f.change))
	}
	for _, c := range u.comparison.Shown() {
		if text := w.unheld(c); text != "" {
			fmt.Fprintf(&b, "\n%s", text)
		}
	}
	if reason, _ := args["reason"].(string); reason != "" {
		fmt.Fprintf(&b, "\nreason: %s", visible(string(tree.Append(nil, reason))))
	}
	if b.Len() > maxQuestion {
		f := u.refusal(noPerson)
		f.Message = fmt.Sprintf("a person must allow this change, and it is too long to be shown to one (%d bytes, and %d is the limit): make it in smaller calls; nothing was written", b.Len(), maxQuestion)
		return policy.Question{}, f
	}
	return policy.Question{Message: b.String(), Subject: u.subject}, nil
}

// where is a place as a person is shown it.
func where(p tree.Pointer) string {
	if len(p) == 0 {
		return place(p)
	}
	return name(p.String())
}

// wording puts values into words. Where a secret that is new at its place stands
// elsewhere already, that is said: it is about to be used for something else.
type wording struct {
	model Model
	known map[string]tree.Pointer // of each secret there is, a place
	after tree.Object
	told  map[string]bool // places that are told already
}

func (u *unapproved) wording() wording {
	w := wording{model: u.guard.model, known: make(map[string]tree.Pointer), after: u.comparison.After.Stored(), told: make(map[string]bool)}
	w.model.Mask(u.comparison.Before.Stored(), func(p tree.Pointer, secret any) string {
		w.known[string(tree.Append(nil, secret))] = slices.Clone(p)
		return ""
	})
	for _, f := range u.held {
		w.told[f.change.Path.String()] = true
	}
	return w
}

// values are the old and the new value of a change.
func (w wording) values(c tree.Change) string {
	if c.Op == "move" {
		return "moved from " + name(c.From.String())
	}
	if len(c.Path) == 0 {
		return "what stands there now is not TOML, so that it cannot be shown; all of it goes"
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

// value is one value; p is where it will stand, nil for one that goes.
func (w wording) value(p tree.Pointer, v any) string {
	text, isText := v.(string)
	if !isText || !strings.HasPrefix(text, schema.TokenPrefix) {
		return visible(string(tree.Append(nil, v))) + w.moved(p)
	}
	if _, stored := schema.ParseToken(text); stored || p == nil {
		return "(a secret, not shown)"
	}
	value, _, _ := p.Get(w.after)
	if from, ok := w.known[string(tree.Append(nil, value))]; ok {
		return "(the secret that stands at " + name(from.String()) + ")"
	}
	return "(a new secret, not shown)"
}

// moved says which secrets of other places come to stand in a list or an
// address at p.
func (w wording) moved(p tree.Pointer) string {
	if p == nil {
		return ""
	}
	value, _, _ := p.Get(w.after)
	said := ""
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
					said += " (with the secret that stands at " + name(t.Path.String()) + ")"
				}
				return t
			})
		}
	}
	look(value)
	return said
}

// unheld is what of a change needs no yes, or has been allowed by a flag, for
// the person to know; "" for nothing.
func (w wording) unheld(c tree.Change) string {
	if parts := membersOf(c); len(parts) > 0 {
		var lines []string
		for _, part := range parts {
			part.Default, part.HasDefault = w.model.Default(part.Path)
			if text := w.unheld(part); text != "" {
				lines = append(lines, text)
			}
		}
		slices.Sort(lines)
		return strings.Join(lines, "\n")
	}
	if w.told[c.Path.String()] {
		return ""
	}
	what := ""
	if risk := w.model.Risk(c.Path); risk != schema.RiskNone {
		what = " (" + doing(risk) + ", and is allowed)"
	}
	return name(c.Path.String()) + what + ": " + w.values(c)
}

// doing says what a class of risk means.
func doing(r schema.Risk) string {
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

// classesOf are the classes of some fields, the strongest first.
func classesOf(fields []field) []schema.Risk {
	var found []schema.Risk
	classes := schema.Risks()
	slices.Reverse(classes)
	for _, class := range classes {
		if slices.ContainsFunc(fields, func(f field) bool { return f.risk == class }) {
			found = append(found, class)
		}
	}
	return found
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
