package policy

import (
	"context"

	"realmconf/runtime"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

// Review judges the write of one call, each time that the runtime prepares it.
type Review struct {
	policy   Policy
	model    Model
	call     Call
	approved *givenApproval // the change that a person has said yes to; nil before
	held     []field        // the fields that the last judgement found to need approval
	effects  effects        // those of the last judged change
}

// Call is what a review needs to know about a model's call.
type Call struct {
	Tool      string      // the tool's name
	Arguments tree.Object // of the call, as they were checked
	Client    string      // the client program's name; may be empty
	Server    string      // a random name of the server process; may be empty
	Reason    string      // why, in the client's words; may be empty
	DryRun    bool

	// Earlier is the generation that the call goes back to, nil if it does not.
	Earlier *store.Record

	// Effects returns what a change has as its effect on the realm and on those that
	// inherit from it. It may be nil.
	Effects func(context.Context, *runtime.Comparison) ([]runtime.Effect, error)

	// The call may drop what these name. A call that has neither a patch nor
	// operations may drop everything, because that is its purpose.
	Patch      tree.Object      // new values; of a whole configuration, all values
	Operations []tree.Operation // a JSON Patch
	AllowDrop  []tree.Pointer
}

// NewReview returns a review of a call's write.
func (p Policy) NewReview(model Model, call Call) *Review {
	return &Review{policy: p, model: model, call: call}
}

// Judge is a runtime.Write's Judge: it refuses a write, or returns the approval
// that the history keeps.
//
//  1. Drops come first: the model did not intend them, so no person should be
//     asked to approve them.
//  2. Risky fields are held, except those that Allow covers. So are the risky fields
//     that the call does not touch and that the change has an effect on, in this realm
//     or in one that inherits from it.
//  3. A dry run asks no person. Its reply lists the held fields.
//  4. Held fields need the approval of exactly this change: the write may have
//     been prepared again, on a configuration that the person has not seen.
//  5. The approval is the person's if any field was held, else the flag's.
func (r *Review) Judge(ctx context.Context, c *runtime.Comparison) (*store.Approval, error) {
	drops, err := r.drops(ctx, c)
	if err != nil {
		return nil, err
	}
	if len(drops) > 0 {
		return nil, dropFault(drops, c.Before.Version.Generation)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var covered []field
	risky := riskyFields(r.model, c)
	r.held = risky[:0] // filtered in place: there may be tens of thousands
	entries := newEntryIdentities(r.model, c)
	for _, f := range risky {
		if r.policy.Allow.covers(r.model, f, entries) {
			covered = append(covered, f)
		} else {
			r.held = append(r.held, f)
		}
	}
	if r.effects, err = r.judgeEffects(ctx, c, entries); err != nil {
		return nil, err
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case r.call.DryRun:
		return nil, nil
	case len(r.held)+len(r.effects.held) > 0:
		u := &UnapprovedError{model: r.model, call: r.call, comparison: c, held: r.held, effects: r.effects}
		if r.approved == nil {
			return nil, u
		}
		if q, err := u.Question(); err != nil || q.Subject != r.approved.subject {
			return nil, u
		}
		return &store.Approval{By: store.ByPerson, Way: r.approved.way, Via: r.approved.via, Fields: r.effects.addPaths(paths(r.held), r.effects.held)}, nil
	case len(covered)+len(r.effects.covered) > 0:
		return &store.Approval{By: store.ByFlag, Way: store.FlagWay, Fields: r.effects.addPaths(paths(covered), r.effects.covered)}, nil
	}
	return nil, nil
}

// Approve records a person's yes to the subject of a question: the way in which it
// came, and the client that it came through.
func (r *Review) Approve(subject Fingerprint, way store.Way, via string) {
	r.approved = &givenApproval{subject, way, via}
}

// givenApproval is a person's yes.
type givenApproval struct {
	subject Fingerprint
	way     store.Way
	via     string
}

// NeedsApproval lists the fields that the last judgement found to need a
// person's approval, as a dry run's reply shows them.
func (r *Review) NeedsApproval() []any { return append(describe(r.held), r.effects.describe()...) }

// drops returns what the write drops and the call does not name.
func (r *Review) drops(ctx context.Context, c *runtime.Comparison) ([]drop, error) {
	switch {
	case r.call.Patch != nil:
		return patchDrops(r.model, r.call, c), nil
	case r.call.Operations != nil:
		return operationDrops(ctx, r.model, r.call, c)
	}
	return nil, nil
}
