package schema

import "realmconf/schema/tree"

// Risk is a risk class: the kind of harm that a change can do.
type Risk string

// The risk classes, from the weakest to the strongest.
const (
	RiskNone      Risk = "none"
	RiskUnclassed Risk = "unclassed" // the schema does not say what it does, see Load
	RiskPosture   Risk = "posture"   // sets what agents may do
	RiskPath      Risk = "path"      // reads or writes a file
	RiskNetwork   Risk = "network"   // reaches or opens an address
	RiskSecret    Risk = "secret"    // is a secret
	RiskExec      Risk = "exec"      // runs code
)

// Risks returns the risk classes, from the weakest to the strongest.
func Risks() []Risk {
	return []Risk{RiskNone, RiskUnclassed, RiskPosture, RiskPath, RiskNetwork, RiskSecret, RiskExec}
}

// Risk returns the risk classes of a change at p, whatever the value. For a section,
// list or map they are those of all places in it, so ask for each leaf to be exact.
// A leaf without risk classes of its own has those of the nearest place around it.
// Around the members of a union these are all in its branches, secrets aside: a secret
// in one member does not make secrets of the others. Where p leads to several branches,
// the classes of all count. A place that the schema does not have has every
// class.
func (m *Model) Risk(p tree.Pointer) RiskSet {
	at := m.root.lookup(p)
	if len(at) == 0 && m.loaded != nil {
		return m.root.unknownRisk(p)
	}
	if len(at) == 0 {
		return unknown.Risk
	}
	var all RiskSet
	for _, n := range at {
		all |= n.AllRisk
	}
	return all
}

// unknownRisk returns the risk classes of a place that a loaded schema does not have.
func (n *Node) unknownRisk(p tree.Pointer) RiskSet {
	for _, token := range p {
		n = n.forms()[0].childOrUnknown(token)
	}
	return n.AllRisk
}

// riskOf returns the risk classes that a schema object gives to the places in it.
func riskOf(o tree.Object, inherited RiskSet) (RiskSet, error) {
	if own, has := o["x-risk"]; has {
		return parseRiskSet(own)
	}
	if _, isUnion := o["allOf"]; isUnion {
		return inherited | exposure(o), nil
	}
	return inherited, nil
}

// exposure returns the risk classes in a schema, secrets aside: a secret depends on
// the value and not on the place.
func exposure(schema any) RiskSet {
	var all RiskSet
	switch s := schema.(type) {
	case map[string]any:
		for keyword, v := range s {
			if keyword == "x-risk" {
				own, _ := parseRiskSet(v) // an error is reported where the place is parsed
				all |= own
			} else {
				all |= exposure(v)
			}
		}
	case []any:
		for _, v := range s {
			all |= exposure(v)
		}
	}
	return all &^ NewRiskSet(RiskSecret)
}

// computeRisks computes AllRisk, MayHoldSecret and MayHoldAddress from the node's own
// risk classes and from the nodes below, which must have theirs.
func (n *Node) computeRisks() {
	n.AllRisk, n.MayHoldSecret, n.MayHoldAddress = n.Risk, n.Risk.Has(RiskSecret), n.IsURL || n.Risk.Has(RiskNetwork)
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
			n.AllRisk, n.MayHoldSecret, n.MayHoldAddress = n.AllRisk|c.AllRisk, n.MayHoldSecret || c.MayHoldSecret, n.MayHoldAddress || c.MayHoldAddress
		}
	}
}
