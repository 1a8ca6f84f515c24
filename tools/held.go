package tools

import (
	"crypto/sha256"
	"slices"
	"strings"

	"realmconf/runtime"
	"realmconf/schema"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// field is one place with a class of risk that a write would change.
type field struct {
	change tree.Change // of that place alone; secrets are masked
	risk   schema.Risk
}

// within reports whether the field is p or stands below it, and so does the
// place that it moves from.
func (f field) within(p tree.Pointer) bool {
	return f.change.Path.HasPrefix(p) && (f.change.Op != "move" || f.change.From.HasPrefix(p))
}

// shown is the field as replies and errors have it.
func (f field) shown() tree.Object {
	o := f.change.Shortened(maxValue).Tree()
	o["risk"] = string(f.risk)
	return o
}

func fieldsShown(fields []field) []any {
	all := make([]any, 0, len(fields))
	for _, f := range fields {
		all = append(all, f.shown())
	}
	return all
}

// held finds every field with a class of risk in what a write would change: the
// resulting difference is judged, in either direction and however it comes
// about, both in what is stored and in what it means.
func (g *guard) held(c *runtime.Comparison) []field {
	h := holder{model: g.model}
	if c.BaseUnknown() { // nobody can tell what goes
		h.fields = append(h.fields, field{change: tree.Change{Op: "remove"}, risk: schema.RiskExec})
	}
	for _, change := range c.Shown() {
		h.add(change)
	}
	stored := h.fields
	h.told = make(map[string]bool)
	for _, f := range stored {
		h.told[f.change.Path.String()] = true
	}
	for _, change := range runtime.Masked(g.rt.Resolved(c), c.Before.Shown(), c.After.Shown()) {
		if !comesWith(change, c.Changes, stored) {
			h.add(change)
		}
	}
	slices.SortStableFunc(h.fields, func(a, b field) int { return tree.ComparePointers(a.change.Path, b.change.Path) })
	return h.fields
}

// comesWith reports whether a change of the meaning is but the defaults of an
// object that comes or goes as a whole, and that is held already.
func comesWith(c tree.Change, changes []tree.Change, held []field) bool {
	return slices.ContainsFunc(changes, func(whole tree.Change) bool {
		return (whole.Op == "add" || whole.Op == "remove") && whole.Op == c.Op &&
			field{change: c}.within(whole.Path) &&
			slices.ContainsFunc(held, func(f field) bool { return f.within(whole.Path) })
	})
}

// holder collects fields. One place may be there twice: of a list, where an
// entry went and another one came.
type holder struct {
	model  Model
	told   map[string]bool // places that need no further word
	fields []field
}

// add takes a change apart into the fields that it is about: an object that
// comes or goes is one change, and its keys have classes of their own.
func (h *holder) add(c tree.Change) {
	risk := h.model.Risk(c.Path)
	if risk == schema.RiskNone {
		return
	}
	if parts := membersOf(c); len(parts) > 0 {
		for _, part := range parts {
			part.Default, part.HasDefault = h.model.Default(part.Path)
			h.add(part)
		}
		return
	}
	if holdsToken(c.Old) || holdsToken(c.New) {
		risk = schema.Stronger(risk, schema.RiskSecret) // an address with a secret in it, which goes along
	}
	if !h.told[c.Path.String()] {
		h.fields = append(h.fields, field{change: c, risk: risk})
	}
}

func holdsToken(v any) bool {
	text, _ := v.(string)
	return strings.Contains(text, strings.TrimSuffix(schema.TokenPrefix, ":"))
}

// membersOf are the changes of the members of what comes or goes with c, none
// for a value without members. A list of plain values counts as one value.
func membersOf(c tree.Change) []tree.Change {
	switch c.Op {
	case "add":
		return oneSided(c.Path, c.New, func(p tree.Pointer, v any) tree.Change { return tree.Change{Op: "add", Path: p, New: v} })
	case "remove":
		return oneSided(c.Path, c.Old, func(p tree.Pointer, v any) tree.Change { return tree.Change{Op: "remove", Path: p, Old: v} })
	}
	return nil
}

func oneSided(p tree.Pointer, v any, change func(tree.Pointer, any) tree.Change) []tree.Change {
	var parts []tree.Change
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			parts = append(parts, change(p.Child(name), member))
		}
	case []any:
		if !slices.ContainsFunc(v, isContainer) {
			return nil
		}
		for i, entry := range v {
			parts = append(parts, change(p.Index(i), entry))
		}
	}
	return parts
}

// fingerprint stands for what a person is asked about: everything that would
// change, secrets by what they are, from which generation on.
func fingerprint(tool string, c *runtime.Comparison, held []field) policy.Fingerprint {
	paths := make([]any, 0, len(held))
	for _, f := range held {
		paths = append(paths, f.change.Path.String())
	}
	return sha256.Sum256(tree.Append(nil, tree.Object{
		"tool": tool, "generation": c.Before.Version.Generation, "changes": c.Changes, "held": paths,
	}))
}
