package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"realmconf/runtime/fault"
	"realmconf/schema"
)

// checkEffect finds values that have no effect in what agents run with, and reasons
// why no agent can be made. It reads the other realms as they are.
func (d *diagnosis) checkEffect(ctx context.Context) {
	own := d.config
	if own == nil || d.files.DocumentErr != nil {
		return // reported already, or there is nothing to compose
	}
	id := d.realm
	c, err := composeRealm(ctx, d.model, id, d.relatives, schema.Document{Tree: own.Tree(), IsChecked: true, Unreadable: d.report.Unreadable}, nil)
	var refused *schema.CompositionError
	switch {
	case errors.As(err, &refused):
		if refused.Realm == id && slices.ContainsFunc(d.report.Issues.First, func(i schema.Issue) bool { return i.Path == refused.Path }) {
			return // checkConfig has found it
		}
		d.add(problem, "Meerkat runs no agent of this realm: "+refused.Message, refused.Path, refused.Advice)
		return
	case fault.Is(err, fault.Storage):
		d.add(problem, "what agents of this realm run with is unknown: "+compositionProblem(err), "", "")
		return
	case err != nil:
		d.add(problem, "Meerkat runs no agent of this realm: "+compositionProblem(err), "", "correct that realm")
		return
	}
	for _, i := range c.Ineffective {
		if i.Realm != id && i.Cause != id {
			continue
		}
		where := i.Path.String()
		if i.Realm == id {
			where = i.Source.String()
			if line, _, ok := own.Position(i.Source); ok {
				where += fmt.Sprintf(" (line %d)", line)
			}
		}
		d.add(warning, i.Message, where, i.Hint)
	}
}
