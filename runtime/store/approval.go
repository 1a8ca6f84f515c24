package store

import (
	"slices"

	"realmconf/runtime/fault"
)

// Approval says who approved a change that needed it.
type Approval struct {
	By     Approver
	Way    Way
	Via    string   // the client through which the person was asked; empty without one
	Fields []string // JSON Pointers
}

// Approver is who approves a change.
type Approver string

// The approvers.
const (
	ByPerson Approver = "person"
	ByFlag   Approver = "flag" // of the server, which a person set for all changes of a kind
)

// Way is how an approver is asked.
type Way string

// The ways.
const (
	Elicitation Way = "elicitation" // MCP's question to the person who uses the client
	ReviewWay   Way = "review"      // realmconf review, on a terminal
	PageWay     Way = "page"        // the review page
	FlagWay     Way = "flag"
)

// usualWay returns the way of an approval that does not name it: there was one for
// each approver when such records were written.
func (b Approver) usualWay() Way {
	switch b {
	case ByPerson:
		return Elicitation
	case ByFlag:
		return FlagWay
	}
	return ""
}

// NewApproval returns an approval that was read from a record. An empty way becomes
// the one that the approver had before records named it.
func NewApproval(by Approver, way Way, via string, fields []string) *Approval {
	if way == "" {
		way = by.usualWay()
	}
	return &Approval{By: by, Way: way, Via: via, Fields: fields}
}

// maxApproved is how many fields of an approval are shown.
const maxApproved = 100

// Clip returns the approval with shorter texts, as it is shown: anybody may have
// written them into a history.
func (a Approval) Clip() Approval {
	a.By, a.Way, a.Via = Approver(fault.Clip(string(a.By))), Way(fault.Clip(string(a.Way))), fault.Clip(a.Via)
	a.Fields = slices.Clone(a.Fields[:min(len(a.Fields), maxApproved)])
	for i, field := range a.Fields {
		a.Fields[i] = fault.Clip(field)
	}
	return a
}
