package tools

import (
	"slices"

	"realmconf/runtime"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

// origins describes who made commits and why, oldest first.
func origins(commits []runtime.Commit) []any {
	list := make([]any, 0, len(commits))
	for _, c := range commits {
		origin := tree.Object{
			"generation": c.Generation,
			"operation":  string(c.Operation),
			"actor":      tree.Object{"name": textOrNull(c.Actor.Name), "surface": string(c.Actor.Surface)},
		}
		if c.Reason != "" {
			origin["reason"] = c.Reason
		}
		list = append(list, origin)
	}
	return list
}

// historyRecord describes a generation, without its configuration and its
// changes. Claimed says that its approval is only what the record says.
func historyRecord(r *store.Record, claimed bool) tree.Object {
	entry := tree.Object{
		"generation": r.Generation,
		"at":         r.Time.UTC().Format("2006-01-02T15:04:05.000Z"),
		"commit_id":  r.CommitID,
		"operation":  string(r.Operation),
		"parent":     r.Parent.Generation,
		"actor": tree.Object{
			"name": textOrNull(r.Actor.Name), "version": textOrNull(r.Actor.Version),
			"surface": string(r.Actor.Surface), "era": textOrNull(r.Actor.Era), "pid": r.Actor.PID,
		},
		"rollback_to": nil,
	}
	if r.Actor.Host != "" {
		entry["actor"].(tree.Object)["host"] = r.Actor.Host
	}
	if r.Reason != "" {
		entry["reason"] = r.Reason
	}
	if r.Superseded {
		entry["superseded"] = true
	}
	if r.RollbackTo != nil {
		entry["rollback_to"] = *r.RollbackTo
	}
	if r.Reverts != nil {
		entry["reverts"] = *r.Reverts
	}
	if a := r.Approval; a != nil {
		approved := tree.Object{"by": string(a.By), "fields": values(a.Fields)}
		if a.Way != "" {
			approved["way"] = string(a.Way)
		}
		if a.Via != "" {
			approved["via"] = a.Via
		}
		if claimed {
			approved["claimed"] = true
		}
		if slices.Contains(a.Fields, "") { // the pointer of the whole configuration
			approved["whole_configuration"] = true
		}
		entry["approved"] = approved
	}
	return entry
}

func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// values returns texts as a JSON list.
func values(texts []string) []any {
	list := make([]any, 0, len(texts))
	for _, s := range texts {
		list = append(list, s)
	}
	return list
}
