package policy

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"realmconf/runtime"
	"realmconf/runtime/store"
	"realmconf/schema"
	"realmconf/schema/tree"
	"realmconf/tools/layout"
)

// wording describes changes to a person, each in one line.
type wording struct {
	model         Model
	before, after tree.Object             // the stored configurations, with secrets masked
	exact         tree.Object             // the one after the change, with the secrets that are known
	secrets       map[string]tree.Pointer // a place of each secret before the change, by its value as JSON
	now           uint64                  // the current generation
	earlier       *store.Record           // the generation that the call goes back to; nil if it does not

	isCut bool // a value is not shown in full that must be
}

func newWording(u *UnapprovedError) *wording {
	c := u.comparison
	w := &wording{model: u.model, before: c.Before.ShownStored(), after: c.GivenStored(), exact: c.After.Stored(), secrets: make(map[string]tree.Pointer),
		now: c.Before.Version.Generation, earlier: u.call.Earlier}
	w.model.Mask(c.Before.Stored(), func(p tree.Pointer, secret any) string {
		w.secrets[string(tree.Append(nil, secret))] = slices.Clone(p)
		return ""
	})
	return w
}

// line describes an item: its place, what it does, and its values.
func (w *wording) line(i item) string {
	c := i.change
	note := ""
	if i.risk != 0 {
		note = " (" + effectWithNote(i.risk, i.route)
		if !i.isHeld {
			note += ", and is allowed"
		}
		note += ")"
	}
	config := w.after
	if c.Op == "remove" {
		config = w.before
	}
	return w.place(c.Path, config) + note + ": " + w.values(i)
}

// place returns a pointer in a configuration as a person is shown it: with the
// identities of list entries in the place of their indexes.
func (w *wording) place(p tree.Pointer, config tree.Object) string {
	name := visiblePlace(p)
	if strings.HasPrefix(name, `"`) {
		return name
	}
	var b strings.Builder
	for i, token := range p {
		if i > 0 {
			key := w.model.Key(p[:i])
			entry, _, _ := p[:i+1].Get(config)
			if identity := tree.Identity(entry, key); key != "" && identity != "" {
				b.WriteString("[" + key + "=" + w.text(nil, identity, 0) + "]")
				continue
			}
		}
		b.WriteString("/" + tree.Pointer{token}.String()[1:])
	}
	if b.Len() == 0 {
		return name
	}
	return b.String()
}

// values describes the old and the new value of an item.
func (w *wording) values(i item) string {
	c := i.change
	switch {
	case i.isRenamed:
		return "renamed from " + w.text(c.Path, i.from, 0) + " to " + w.text(c.Path, i.to, 0)
	case c.Op == "move":
		return fmt.Sprintf("moved from index %s to index %s", c.From[len(c.From)-1], c.Path[len(c.Path)-1])
	case len(c.Path) == 0:
		return w.unknownText()
	}
	before, after, differ := w.absent(c), w.absent(c), differingPlace(c)
	if c.Op != "add" {
		before = w.value(c.Path, c.Old, false, differ)
	}
	if c.Op != "remove" {
		after = w.value(c.Path, c.New, true, differ)
	}
	return before + " → " + after
}

// differingPlace returns the first place at which two texts differ, a number of bytes.
func differingPlace(c tree.Change) int {
	before, isText := c.Old.(string)
	after, isTextToo := c.New.(string)
	if c.Op != "replace" || !isText || !isTextToo {
		return 0
	}
	place, _, _ := layout.DifferingPart(before, after)
	return place
}

// unknownText says what becomes of a text that is not TOML.
func (w *wording) unknownText() string {
	loss := fmt.Sprintf("the present text is not TOML, so that it cannot be shown; all of it goes, and stays in the history as generation %d", w.now)
	r := w.earlier
	if r == nil {
		return loss
	}
	author := "a client that gives no name"
	switch {
	case r.Actor.Name != "":
		author = visibleName(r.Actor.Name)
	case r.Operation == store.External, r.Operation == store.Peer:
		author = "another program or by hand"
	}
	return fmt.Sprintf("%s. generation %d of %s, by %s, comes back", loss, r.Generation, r.Time.UTC().Format("2006-01-02 15:04 UTC"), author)
}

// value describes a value at p, which comes or goes. Of a text it shows the part around
// a place.
func (w *wording) value(p tree.Pointer, v any, comes bool, around int) string {
	switch v := v.(type) {
	case map[string]any:
		members := make([]string, 0, len(v))
		for _, name := range slices.Sorted(maps.Keys(v)) {
			members = append(members, w.text(nil, name, 0)+":"+w.value(p.Child(name), v[name], comes, 0))
		}
		return "{" + strings.Join(members, ",") + "}"
	case []any:
		members := make([]string, len(v))
		for i, e := range v {
			members[i] = w.value(p.Child(strconv.Itoa(i)), e, comes, 0)
		}
		return "[" + strings.Join(members, ",") + "]"
	case string:
		switch {
		case w.model.Risk(p)&schema.NewRiskSet(schema.RiskSecret, schema.RiskNetwork) == 0:
			return w.text(p, v, around)
		case strings.HasPrefix(v, schema.TokenPrefix):
			return w.secret(p, v, comes)
		}
		return w.address(p, v, comes, around)
	}
	return string(tree.Append(nil, v))
}

// secret describes a secret by its token, without its value.
func (w *wording) secret(p tree.Pointer, token string, comes bool) string {
	if realm, isInherited := runtime.RealmOfSecret(token); isInherited {
		return "(a secret of realm " + visibleName(realm) + ", not shown)"
	}
	t, isStored := schema.ParseToken(token)
	if comes {
		value, _, _ := p.Get(w.exact)
		if from, known := w.secrets[string(tree.Append(nil, value))]; known && !slices.Equal(from, p) {
			return "(the secret from " + w.place(from, w.before) + ")"
		}
		if isStored && !slices.Equal(t.Path, p) {
			return "(the secret from " + w.place(t.Path, w.before) + ")"
		}
	}
	if !isStored {
		return "(a new secret, not shown)"
	}
	return "(a secret, not shown)"
}

// address describes a text with the tokens of secrets in it, if it has any: they stand
// outside of the quotation marks.
func (w *wording) address(p tree.Pointer, s string, comes bool, around int) string {
	var parts []string
	for rest := s; ; {
		before, token, after, found := schema.CutToken(rest)
		plain, isToken := schema.DecodeToken(token)
		if !found || !isToken {
			if len(parts) == 0 {
				return w.text(p, s, around)
			}
			return strings.Join(append(parts, w.text(p, rest, 0)), " + ")
		}
		if before != "" {
			parts = append(parts, w.text(p, before, 0))
		}
		if parts = append(parts, w.secret(p, plain, comes)); after == "" {
			return strings.Join(parts, " + ")
		}
		rest = after
	}
}

// text quotes a text at p, or a name if p is nil. It notes whether something is left
// out that a person must see.
func (w *wording) text(p tree.Pointer, s string, around int) string {
	shown, isCut := window(s, around, valueWidth)
	if isCut && (p == nil || w.model.Risk(p)&^schema.NewRiskSet(schema.RiskPosture) != 0) {
		w.isCut = true
	}
	return shown
}
