package tools

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"realmconf.io/realmconf/schema"
	"realmconf.io/realmconf/schema/tree"
)

// Question is what a person is asked before a held change takes effect.
type Question struct {
	Message string      // what the person reads: all that will change, secrets masked
	Subject Fingerprint // what the answer is good for, and nothing else
}

// Fingerprint stands for a call and what it would do: the generation, the held
// difference, and everything else that the person is shown.
type Fingerprint = [sha256.Size]byte

// Answer is what became of a question.
type Answer string

// The answers. Only Accepted lets the change take effect.
const (
	Accepted  Answer = "accepted"  // the person said yes
	Declined  Answer = "declined"  // the person said no
	Withdrawn Answer = "cancelled" // the question was closed without an answer
	Expired   Answer = "expired"   // the answer came too late, or not at all
)

// maxQuestion is how long a question may be, in bytes. Nobody reads more before
// saying yes; and what is not shown is not asked.
const maxQuestion = 16 << 10

// question puts a change into words for a person: who wants it, where, each
// change with its values, and why. What comes from the client stands on one line
// and in quotes, so that it cannot look like ours.
func (u *unapproved) question(client string, args tree.Object) (Question, error) {
	before := u.comparison.Before
	realm := "the realm"
	if id := before.Metadata.RealmID; id != nil {
		realm = "realm " + *id
	}
	who := "a program that gives no name"
	if client != "" {
		who = visible(client)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s wants to change %s (generation %d):", who, realm, before.Version.Generation)
	w := u.wording()
	for _, f := range u.held {
		fmt.Fprintf(&b, "\n%s (%s): %s", visible(f.change.Path.String()), doing(f.risk), w.values(f.change))
	}
	for _, c := range u.comparison.Shown() {
		if text := w.unheld(c); text != "" {
			fmt.Fprintf(&b, "\n%s", text)
		}
	}
	if reason, _ := args["reason"].(string); reason != "" {
		fmt.Fprintf(&b, "\nreason: %s", visible(reason))
	}
	if b.Len() > maxQuestion {
		f := u.refusal(noPerson)
		f.Message = fmt.Sprintf("a person must allow this change, and it is too long to be shown to one (%d bytes, and %d is the limit): make it in smaller calls; nothing was written", b.Len(), maxQuestion)
		return Question{}, f
	}
	return Question{Message: b.String(), Subject: u.subject}, nil
}

// wording puts values into words. Where a secret that is new at its place stands
// elsewhere already, that is said: it is about to be used for something else.
type wording struct {
	model Model
	known map[string]tree.Pointer // of each secret there is, a place
	after tree.Object
}

func (u *unapproved) wording() wording {
	w := wording{model: u.guard.model, known: make(map[string]tree.Pointer), after: u.comparison.After.Stored()}
	w.model.Mask(u.comparison.Before.Stored(), func(p tree.Pointer, secret any) string {
		w.known[string(tree.Append(nil, secret))] = slices.Clone(p)
		return ""
	})
	return w
}

// values are the old and the new value of a change.
func (w wording) values(c tree.Change) string {
	if c.Op == "move" {
		return "moved from " + visible(c.From.String())
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
		return visible(string(tree.Append(nil, v)))
	}
	if _, stored := schema.ParseToken(text); stored || p == nil {
		return "(a secret, not shown)"
	}
	value, _, _ := p.Get(w.after)
	if from, ok := w.known[string(tree.Append(nil, value))]; ok {
		return "(the secret that stands at " + visible(from.String()) + ")"
	}
	return "(a new secret, not shown)"
}

// unheld is what of a change needs no yes, for the person to know; "" for
// nothing.
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
	if w.model.Risk(c.Path) != schema.RiskNone {
		return ""
	}
	return visible(c.Path.String()) + ": " + w.values(c)
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

// visible is a text in which everything can be seen: what has no shape of its
// own, like a line break or a sign that turns the direction of writing, is
// written as an escape.
func visible(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r == ' ' || strconv.IsGraphic(r) && r != '\u00a0' {
			b.WriteRune(r)
			continue
		}
		b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
	}
	return b.String()
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
