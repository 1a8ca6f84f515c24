package schema

import (
	"slices"

	"realmconf/schema/tree"
)

// Risk is a risk class: the kind of harm that a change can do.
type Risk string

// The risk classes, from the weakest to the strongest.
const (
	RiskNone    Risk = "none"
	RiskPosture Risk = "posture" // sets what agents may do
	RiskPath    Risk = "path"    // reads or writes a file
	RiskNetwork Risk = "network" // reaches or opens an address
	RiskSecret  Risk = "secret"  // is a secret
	RiskExec    Risk = "exec"    // runs code
)

// risks are the risk classes in the order of their strength.
var risks = []Risk{RiskNone, RiskPosture, RiskPath, RiskNetwork, RiskSecret, RiskExec}

// Risks returns the risk classes, from the weakest to the strongest.
func Risks() []Risk { return slices.Clone(risks) }

// Stronger returns the stronger of two risk classes.
func Stronger(a, b Risk) Risk {
	if slices.Index(risks, b) > slices.Index(risks, a) {
		return b
	}
	return a
}

// Risk returns the risk class of a change at p, whatever the value. For a section,
// list or map it is the strongest one of all places in it, so ask for each leaf to
// be exact. A leaf without a risk class of its own has that of the nearest place
// around it. Around the members of a union that is the strongest one in its
// branches, secrets aside: a secret in one member does not make secrets of the
// others. Where p leads to several branches, the strongest one counts. A place
// that the schema does not have may hold a secret.
func (m *Model) Risk(p tree.Pointer) Risk {
	at := m.root.lookup(p)
	if len(at) == 0 {
		return RiskSecret
	}
	worst := RiskNone
	for _, n := range at {
		worst = Stronger(worst, n.WorstRisk)
	}
	return worst
}

// riskOf returns the risk class that a schema object gives to the places in it.
func riskOf(o tree.Object, inherited Risk) Risk {
	if own, ok := o["x-risk"].(string); ok {
		return Risk(own)
	}
	if _, isUnion := o["allOf"]; isUnion {
		return Stronger(inherited, exposure(o))
	}
	return inherited
}

// exposure returns the strongest risk class in a schema, secrets aside: a secret
// depends on the value and not on the place.
func exposure(schema any) Risk {
	worst := RiskNone
	switch s := schema.(type) {
	case map[string]any:
		for keyword, v := range s {
			if risk, ok := v.(string); keyword == "x-risk" && ok && Risk(risk) != RiskSecret {
				worst = Stronger(worst, Risk(risk))
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

// weigh works out WorstRisk, MayHoldSecret and MayHoldAddress from the node's own
// risk class and from the nodes below, which must have theirs.
func (n *Node) weigh() {
	n.WorstRisk, n.MayHoldSecret, n.MayHoldAddress = n.Risk, n.Risk == RiskSecret, n.IsURL || n.Risk == RiskNetwork
	below := []*Node{n.Items, n.Additional}
	for _, c := range n.Properties {
		below = append(below, c.Node)
	}
	if n.Wrapper != nil {
		below = append(below, n.Wrapper.Node)
	}
	if n.Union != nil {
		for _, b := range n.Union.Branches {
			below = append(below, b.Node)
		}
	}
	for _, c := range below {
		if c != nil {
			n.WorstRisk, n.MayHoldSecret, n.MayHoldAddress = Stronger(n.WorstRisk, c.WorstRisk), n.MayHoldSecret || c.MayHoldSecret, n.MayHoldAddress || c.MayHoldAddress
		}
	}
}
