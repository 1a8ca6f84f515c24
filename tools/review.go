package tools

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// review judges one tool call's write, each time that it is worked out.
type review struct {
	operation *Operation
	caller    Caller
	params    tree.Object
	dry       bool
	approved  *policy.Fingerprint // what a person has said yes to

	held []field // what the last judgement would ask a person about
}

// supervised does a write as a tool. What a person has to allow is asked
// outside of every lock; the write is then worked out anew, and takes effect
// only if it is still what the person was shown:
//
//	work out ─→ would_drop? ─→ held? ── no, or lifted by --allow ──→ commit
//	   ↑                         │ yes
//	   │                    nobody to ask ─→ approval_required
//	   │                         │
//	   └── with the fingerprint ─┴─ Ask ── no, closed, late ──→ approval_required
func (o *Operation) supervised(ctx context.Context, caller Caller, args tree.Object) (json.RawMessage, error) {
	r := &review{operation: o, caller: caller, params: args}
	r.dry, _ = args["dry_run"].(bool)
	reply, err := o.writing(ctx, caller, args, r, toolReply)
	var u *unapproved
	if !errors.As(err, &u) || caller.Ask == nil {
		return reply, err
	}
	question, err := u.question(caller.Name, args)
	if err != nil {
		return nil, err
	}
	answer, err := caller.Ask(ctx, question)
	if err != nil {
		return nil, err
	}
	if answer != policy.Accepted {
		return nil, u.refusal(answer)
	}
	r.approved = &u.subject
	reply, err = o.writing(ctx, caller, args, r, toolReply)
	if errors.As(err, &u) { // it is not any more what the person was shown
		return nil, u.refusal(policy.Expired)
	}
	return reply, err
}

// judge refuses a write that drops what it does not name, or that changes what
// a person has to allow.
func (r *review) judge(c *runtime.Comparison) (*store.Approval, error) {
	o := r.operation
	if o.dropped != nil {
		drops, err := o.dropped(r.params, c)
		if err != nil {
			return nil, err
		}
		if len(drops) > 0 {
			return nil, wouldDrop(drops, c.Before.Version.Generation)
		}
	}
	r.held = nil
	var lifted []field
	for _, f := range o.guard.held(c) {
		if o.guard.policy.Allow.Lifts(f.risk, f.within) {
			lifted = append(lifted, f)
		} else {
			r.held = append(r.held, f)
		}
	}
	switch subject := fingerprint(o.Tool(), c, r.held); {
	case r.dry:
		return nil, nil
	case len(r.held) > 0 && (r.approved == nil || *r.approved != subject):
		return nil, &unapproved{guard: o.guard, comparison: c, held: r.held, subject: subject}
	case len(r.held) > 0:
		return approval("person", r.caller.Name, r.held), nil
	case len(lifted) > 0:
		return approval("flag", "", lifted), nil
	}
	return nil, nil
}

// approval is what the history keeps of a yes.
func approval(by, via string, fields []field) *store.Approval {
	a := &store.Approval{By: by, Via: via}
	for _, f := range fields {
		a.Fields = append(a.Fields, f.change.Path.String())
	}
	return a
}

// unapproved is the refusal of a write that a person has to allow, with what
// that person must know.
type unapproved struct {
	guard      *guard
	comparison *runtime.Comparison
	held       []field
	subject    policy.Fingerprint
}

// Error is the text of the refusal when there is nobody to ask.
func (u *unapproved) Error() string { return u.refusal(noPerson).Message }

// Unwrap is that refusal.
func (u *unapproved) Unwrap() error { return u.refusal(noPerson) }

// noPerson stands for the answer when there is nobody to ask.
const noPerson policy.Answer = "no_person"

// refusal is the fault of a write that no person has allowed, by the answer. It
// tells a model to ask its user, and what it may do without; it prints nothing to
// paste.
func (u *unapproved) refusal(answer policy.Answer) *fault.Fault {
	why := map[policy.Answer]string{
		noPerson:         "and this client cannot show the question",
		policy.Declined:  "and the person who was asked said no",
		policy.Cancelled: "and the question was closed without an answer",
		policy.Expired:   "and there was no answer in time to exactly this change",
		policy.Unclear:   "and the client's answer does not say whether the person allows it (the form's approve must be true or false)",
	}[answer]
	first := u.held[0]
	text := place(first.change.Path) + " (" + doing(first.risk) + ")"
	verb := "needs"
	if n := len(u.held) - 1; n > 0 {
		text += " and " + plural(n, "other field", "other fields")
		verb = "need"
	}
	allow := []any{}
	for _, f := range u.held {
		if p := any(f.change.Path.String()); !slices.Contains(allow, p) {
			allow = append(allow, p)
		}
	}
	for _, class := range classesOf(u.held) {
		allow = append(allow, string(class))
	}
	return fault.New(fault.ApprovalRequired,
		"%s %s a person's yes, %s: tell your user what you want to change and why; they can make the change themselves, or let you when they start this server. "+
			"do not look for another way; keys that need no yes can be changed in a call of their own. nothing was written", text, verb, why).
		With("state", state(answer)).
		With("generation", u.comparison.Before.Version.Generation).
		With("fields", fieldsShown(u.held)).
		With("allow", allow)
}
