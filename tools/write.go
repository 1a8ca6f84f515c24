package tools

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// write is the action of an operation that changes the configuration.
type write struct {
	rt     *runtime.Runtime
	name   Name
	model  Model
	policy policy.Policy

	// parse reads the parameters that only this operation has.
	parse func(params tree.Object) (change, error)
}

// change is the change that a write asks for.
type change struct {
	apply func(ctx context.Context, w runtime.Write) (*runtime.Outcome, error)

	returnsTo *uint64 // the generation that the write goes back to; nil if it does not
	examines  bool    // it parses earlier texts

	// At most one of these, so that a review can tell what the call names.
	patch      tree.Object
	operations []tree.Operation
}

func (w *write) call(ctx context.Context, caller Caller, params tree.Object) (json.RawMessage, error) {
	c, err := w.readCall(caller, params)
	if err != nil {
		return nil, err
	}
	return c.run(ctx, nil, methodLimit)
}

// callTool does a write under review. A person is asked while no lock is held;
// the write is then prepared again, and takes effect only if it is still the
// change that the person was shown:
//
//	run (the runtime prepares, the review judges)
//	   │  ─→ would_drop? ─→ held? ── no, or covered by --allow ─→ commit
//	   ↑                      │ yes
//	   │                      ▼
//	   └── with what the ─── ask ── no person, no, closed, late ─→ approval_required
//	       person was shown
//
// A yes is used by the commit: if the write ends without one, because the lock is taken or
// the disk is full, the same call can be made again without a question.
func (w *write) callTool(ctx context.Context, caller Caller, args tree.Object) (json.RawMessage, error) {
	c, err := w.readCall(caller, args)
	if err != nil {
		return nil, err
	}
	c.omitsConfig = args["return"] != "config"
	review := w.policy.NewReview(w.model, policy.Call{
		Tool: w.name.Tool(), Arguments: args, Client: caller.Name, Server: caller.Questions.Server(), Reason: c.write.Reason, DryRun: c.write.DryRun,
		Earlier: c.earlier(ctx),
		Effects: w.rt.RelatedEffects,
		Patch:   c.change.patch, Operations: c.change.operations, AllowDrop: c.allowDrop,
	})
	reply, err := c.run(ctx, review, toolLimit)
	var unapproved *policy.UnapprovedError
	if !errors.As(err, &unapproved) || !caller.showsQuestions() {
		return reply, err
	}
	question, err := unapproved.Question()
	if err != nil {
		return nil, err
	}
	claim, err := ask(ctx, caller, unapproved, question)
	if err != nil {
		return nil, err
	}
	isUsed := true // also if the write panics
	defer func() { claim.End(isUsed) }()
	review.Approve(question.Subject, claim.Way, claim.Via)
	reply, err = c.run(ctx, review, toolLimit)
	isUsed = mayBeWritten(err)
	if errors.As(err, &unapproved) { // the change is no longer the one that the person was shown
		if question, err = unapproved.Question(); err != nil {
			return nil, err
		}
		return nil, keepOpen(caller, unapproved, question, policy.Expired)
	}
	return reply, err
}

// mayBeWritten reports whether a write that ended with an error, which may be nil, has
// taken effect or may have.
func mayBeWritten(err error) bool {
	f := fault.Of(err)
	return f == nil || f.Kind == fault.OutcomeUnknown || f.Kind == fault.Internal
}

// writeCall is one call of a write, with its parameters read.
type writeCall struct {
	caller      Caller
	rt          *runtime.Runtime
	change      change
	write       runtime.Write
	allowDrop   []tree.Pointer
	omitsConfig bool // the client wants only the changes
	tellsEffect bool // the client wants the effect of the change on realms
}

// readCall reads parameters that have been checked against the schema. It refuses
// every write while the configuration is read-only.
func (w *write) readCall(caller Caller, params tree.Object) (c writeCall, err error) {
	if err := w.policy.CheckWritable(); err != nil {
		return c, err
	}
	c.caller, c.rt, c.omitsConfig = caller, w.rt, params["return"] == "changes"
	c.write = runtime.Write{Actor: caller.actor(), ClientID: caller.ClientID, OnQueued: caller.OnQueued, Given: caller.Given, Expected: number(params[expectedGeneration])}
	c.write.Reason, _ = params["reason"].(string)
	c.write.DryRun, _ = params["dry_run"].(bool)
	c.write.Rebase = params[ifOverlap] == "refuse"
	if c.write.Rebase && c.write.Expected == nil {
		return c, fault.New(fault.InvalidParams, "if_overlap needs expected_generation, the one that the write is based on; nothing was written").
			With("path", "/"+ifOverlap)
	}
	if c.tellsEffect = params["view"] == ViewEffective; c.tellsEffect && !c.write.DryRun {
		return c, fault.New(fault.InvalidParams, "view tells what a dry run would change: add dry_run, or leave view out; nothing was written").With("path", "/view")
	}
	if c.allowDrop, err = pointers(params, allowDrop); err != nil {
		return c, err
	}
	c.change, err = w.parse(params)
	return c, err
}

// earlier returns the record of the generation that the write goes back to; nil if it
// does not, or if that is not kept: then the write is refused.
func (c writeCall) earlier(ctx context.Context) *store.Record {
	if c.change.returnsTo == nil || *c.change.returnsTo == 0 {
		return nil
	}
	revision, err := c.rt.Revision(ctx, *c.change.returnsTo)
	if err != nil {
		return nil
	}
	return &revision.Record
}

// run does the write under a review, which may be nil, and returns its reply.
func (c writeCall) run(ctx context.Context, review *policy.Review, l limit) (json.RawMessage, error) {
	w := c.write
	if review != nil {
		w.Judge = review.Judge
	}
	if c.change.examines || c.tellsEffect {
		leave, err := c.rt.Examine(ctx)
		if err != nil {
			return nil, err
		}
		defer leave()
	}
	outcome, err := c.change.apply(ctx, w)
	if err != nil {
		return nil, describeConflict(err)
	}
	if c.caller.OnDone != nil {
		c.caller.OnDone(len(outcome.After.Text()))
	}
	reply := c.reply(outcome)
	noEffect, err := c.rt.NoEffect(ctx, &outcome.Comparison)
	if err != nil {
		noEffect = CompositionIssues(err)
	}
	if review != nil { // the client is a model
		about := tree.NewPointerSet()
		for _, change := range outcome.Changes {
			about.Add(change.Path)
		}
		leaveOutElsewhere(reply, about)
	}
	addWarnings(reply, noEffect)
	addWarnings(reply, newRealmIssues(ctx, c.rt, outcome, c.write.DryRun))
	if c.tellsEffect {
		if reply["effects"], err = EffectMembers(ctx, c.rt, &outcome.Comparison); err != nil {
			return nil, err
		}
	}
	if w.DryRun {
		if review != nil {
			if fields := review.NeedsApproval(); len(fields) > 0 {
				reply["needs_approval"] = fields
			}
		}
		return l.encode(reply), nil
	}
	text := l.encode(reply)
	if c.caller.OnSuccess != nil {
		c.caller.OnSuccess(outcome.After.Version.Generation, minimalReply(reply))
	}
	return text, nil
}

// reply returns the members of a write's reply.
func (c writeCall) reply(outcome *runtime.Outcome) tree.Object {
	s := outcome.After
	reply := runtime.NewEnvelope(s, s.ShownJSON(), c.caller.PathVisibility).Members()
	reply["previous_generation"] = outcome.Previous
	reply["changed"] = outcome.Changed
	reply["changes"] = outcome.ShownChanges()
	if warnings := append(runtime.NoticeIssues(s.Notices), outcome.Warnings...); len(warnings) > 0 {
		reply["warnings"] = warnings
	}
	if d := outcome.Since; d != nil {
		reply["changes_since"], reply["origins"] = changesBy(&runtime.Conflict{Divergence: *d}, maxValue), origins(d.Commits)
	}
	if c.write.DryRun {
		reply["dry_run"] = true
	}
	if c.omitsConfig {
		delete(reply, "config")
	}
	return reply
}

// number returns an integer of checked parameters, nil if it is absent.
func number(v any) *uint64 {
	switch n := v.(type) {
	case int64:
		u := uint64(n)
		return &u
	case uint64:
		return &n
	}
	return nil
}

// pointers reads a parameter that is a list of JSON Pointers.
func pointers(params tree.Object, name string) ([]tree.Pointer, error) {
	list, _ := params[name].([]any)
	var all []tree.Pointer
	for i, e := range list {
		text, ok := e.(string)
		p, err := tree.ParsePointer(text)
		switch {
		case !ok:
			err = fmt.Errorf("must be a JSON Pointer, a string, not %s", tree.WithArticle(tree.TypeName(e)))
		case err == nil && len(p) == 0:
			err = errors.New("the whole configuration may not go unnamed: name its keys or lists")
		}
		if err != nil {
			at := tree.Pointer{name}.Index(i)
			return nil, fault.New(fault.InvalidParams, "%s: %v; nothing was written", at, err).With("path", at.String())
		}
		all = append(all, p)
	}
	return all, nil
}
