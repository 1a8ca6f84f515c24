package schema

import (
	"realmconf/schema/internal/jsonschema"
	"realmconf/schema/tree"
)

// finding is a mistake before it is explained. A configuration may have more than a
// hundred thousand, of which the first hundred are explained.
type finding struct {
	at        tree.Pointer // overwritten by the next finding
	kind      Kind
	cause     cause
	rule      Mistake               // of causeRule
	violation *jsonschema.Violation // of causeLoaded
	other     string                // of causeAlias, the canonical name
}

// cause says how a finding is explained.
type cause int

const (
	causeRule      cause = iota // a rule between fields explains it
	causeType                   // a value of another type
	causeEnum                   // none of the allowed values
	causeFormat                 // a text in another format
	causeMinimum                // a number below the schema's minimum
	causeMaximum                // a number above the schema's maximum
	causeTooLarge               // an integer that TOML cannot hold
	causeStandIn                // what a program shows in the place of a secret
	causeInfinite               // NaN, or an infinite number
	causeUnknown                // a key that the schema does not have
	causeMisspelt               // a key that a loaded schema allows and does not name, near one that it names
	causeMissing                // a required key that is not there
	causeUndecided              // none of the keys that select a branch; the place is that of the first one
	causeLoaded                 // a violation of a loaded schema
	causeAlias                  // another name of a key that is given too
)

// kind returns the kind of what the schema alone finds.
func (c cause) kind() Kind {
	switch c {
	case causeType:
		return Type
	case causeEnum:
		return Enum
	case causeFormat:
		return Format
	case causeUnknown, causeMisspelt:
		return UnknownKey
	case causeMissing, causeUndecided:
		return Missing
	case causeStandIn:
		return SecretToken
	default:
		return Range
	}
}

// aliasBeside returns the finding of a key whose canonical name is given, too.
func aliasBeside(p tree.Pointer, canonical string) finding {
	return finding{at: p, kind: Duplicate, cause: causeAlias, other: canonical}
}
