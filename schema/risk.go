package schema

import (
	"slices"

	"realmconf/schema/tree"
)

// Risk is the class of harm that a change can do.
type Risk string

// The classes, from none to the strongest.
const (
	RiskNone    Risk = "none"
	RiskPosture Risk = "posture" // sets what agents may do
	RiskPath    Risk = "path"    // reads or writes a file
	RiskNetwork Risk = "network" // reaches or opens an address
	RiskSecret  Risk = "secret"  // is a secret
	RiskExec    Risk = "exec"    // runs code
)

// classes in the order of their strength.
var classes = []Risk{RiskNone, RiskPosture, RiskPath, RiskNetwork, RiskSecret, RiskExec}

// Risks are the classes, from none to the strongest.
func Risks() []Risk { return slices.Clone(classes) }

// Stronger is the stronger of two classes.
func Stronger(a, b Risk) Risk {
	if slices.Index(classes, b) > slices.Index(classes, a) {
		return b
	}
	return a
}

// Risk is the class of a change at p, whatever the value. For a section, list
// or map it is the strongest of all that may stand in it, so ask for each leaf
// to be exact. A leaf that has no class of its own has that of the nearest
// thing around it; around a union's members that is the strongest of its
// branches, though a secret beside them does not make secrets of them. Where p
// leads to several branches, the strongest counts. What the schema does not
// know may be a secret.
func (m *Model) Risk(p tree.Pointer) Risk {
	at := m.root().lookup(p)
	if len(at) == 0 {
		return RiskSecret
	}
	worst := RiskNone
	for _, n := range at {
		worst = Stronger(worst, n.weight().worst)
	}
	return worst
}

// classOf is the class that a schema object gives to what stands in it.
func classOf(o tree.Object, inherited Risk) Risk {
	if own, ok := o["x-risk"].(string); ok {
		return Risk(own)
	}
	if _, union := o["allOf"]; union {
		return Stronger(inherited, exposure(o))
	}
	return inherited
}

// exposure is the strongest class in a schema, secrets aside: being one is a
// matter of the value, not of the place.
func exposure(schema any) Risk {
	worst := RiskNone
	switch s := known(schema).(type) {
	case map[string]any:
		for keyword, v := range s {
			if class, ok := v.(string); keyword == "x-risk" && ok && Risk(class) != RiskSecret {
				worst = Stronger(worst, Risk(class))
			}
			worst = Stronger(worst, exposure(v))
		}
	case []any:
		for _, v := range s {
			worst = Stronger(worst, exposure(v))
		}
	}
	return worst
}

// weight is what follows from the classes of a node and of all below.
type weight struct {
	worst   Risk // the strongest of all of them
	hides   bool // a secret may stand here or below
	reaches bool // an address may stand here or below
}

// weight is that of a node, worked out when it is first asked for: that reads
// all that stands below.
func (n *node) weight() *weight {
	n.weigh.Do(func() {
		w := weight{worst: n.class, hides: n.secret, reaches: n.url || n.class == RiskNetwork}
		in := n.inner()
		below := []*node{in.items, in.additional, in.wrapper}
		for _, c := range n.properties {
			below = append(below, c)
		}
		if in.union != nil {
			for _, b := range in.union.branches {
				below = append(below, b.node)
			}
		}
		for _, c := range below {
			if c != nil && c != n {
				c := c.weight()
				w.worst, w.hides, w.reaches = Stronger(w.worst, c.worst), w.hides || c.hides, w.reaches || c.reaches
			}
		}
		n.weighs = w
	})
	return &n.weighs
}
