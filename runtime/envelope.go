package runtime

import (
	"encoding/json"

	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

// Envelope is how a configuration travels: the value together with the
// generation that a write must quote and the identity of its realm. It is what
// the platform's own servers send; ours adds members only where they say
// something.
type Envelope struct {
	Config        json.RawMessage // the configuration in the view asked for
	Generation    uint64
	RealmID       *string
	InstanceID    *string
	Backend       *string
	ResolvedPaths *store.ResolvedPaths // only under Diagnostic, and only where known
}

// NewEnvelope wraps a snapshot's configuration, given as JSON, under a policy.
func NewEnvelope(s *Snapshot, config json.RawMessage, policy Policy) Envelope {
	e := Envelope{
		Config:     config,
		Generation: s.Version.Generation,
		RealmID:    s.Metadata.RealmID,
		InstanceID: s.Metadata.InstanceID,
		Backend:    s.Metadata.Backend,
	}
	if policy == Diagnostic {
		e.ResolvedPaths = s.Metadata.Paths
	}
	return e
}

// Members are the envelope's members by name, ready for more beside them.
// resolved_paths is absent when it is not told; the other identities are null
// when they are not known.
func (e Envelope) Members() tree.Object {
	m := tree.Object{
		"config":      e.Config,
		"generation":  e.Generation,
		"realm_id":    orNull(e.RealmID),
		"instance_id": orNull(e.InstanceID),
		"backend":     orNull(e.Backend),
	}
	if e.ResolvedPaths != nil {
		m["resolved_paths"] = e.ResolvedPaths
	}
	return m
}

func orNull(s *string) any {
	if s == nil {
		return nil
	}
	return *s
}
