package runtime

import (
	"encoding/json"

	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

// Envelope is the form in which a configuration is sent to clients: the value,
// the generation that a write must quote, and the identity of the realm. Its
// members are those of Meerkat's own servers.
type Envelope struct {
	Config        json.RawMessage // in the view that the client asked for
	Generation    uint64
	RealmID       *string
	InstanceID    *string
	Backend       *string
	ResolvedPaths *store.ResolvedPaths // nil unless paths are shown, and nil where unknown
}

// NewEnvelope returns the envelope of a snapshot. config is its configuration as
// JSON.
func NewEnvelope(s *Snapshot, config json.RawMessage, paths PathVisibility) Envelope {
	e := Envelope{
		Config:     config,
		Generation: s.Version.Generation,
		RealmID:    s.Metadata.RealmID,
		InstanceID: s.Metadata.InstanceID,
		Backend:    s.Metadata.Backend,
	}
	if paths == ShowPaths {
		e.ResolvedPaths = s.Metadata.Paths
	}
	return e
}

// Members returns the envelope's members by name; the caller may add others.
// Without ResolvedPaths there is no resolved_paths; the other identities are null
// if they are not known.
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
