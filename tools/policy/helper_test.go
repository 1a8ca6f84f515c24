package policy_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// realm is a configuration in memory, of which comparisons are made.
type realm struct {
	t  *testing.T
	rt *runtime.Runtime
}

// newRealm returns a realm with a generation for each text, from 1 on.
func newRealm(t *testing.T, texts ...string) *realm {
	t.Helper()
	return realmIn(t, memory.New(), texts...)
}

// realmIn returns a realm whose texts are in a store.
func realmIn(t *testing.T, s store.Store, texts ...string) *realm {
	t.Helper()
	for _, text := range texts {
		state, err := s.Load(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		record := store.Record{
			Version: store.Version{Generation: state.Next, Digest: store.DigestOf([]byte(text))}, Parent: state.Version,
			CommitID: "c", Operation: store.External, Text: []byte(text),
		}
		if err := s.CompareAndSwap(t.Context(), state.Version, []store.Record{record}); err != nil {
			t.Fatal(err)
		}
	}
	r := &realm{t: t, rt: runtime.New(func(context.Context) (store.Store, error) { return s, nil }, meerkat.New())}
	t.Cleanup(r.rt.Close)
	return r
}

// compare compares two texts.
func compare(t *testing.T, before, after string) *runtime.Comparison {
	t.Helper()
	c, err := newRealm(t, before, after).rt.Compare(t.Context(), 1, ptr(uint64(2)))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// draft returns the comparison that a review gets of a call's write.
func (r *realm) draft(call policy.Call) *runtime.Comparison {
	r.t.Helper()
	var draft *runtime.Comparison
	write := runtime.Write{DryRun: true, Judge: func(_ context.Context, c *runtime.Comparison) (*store.Approval, error) {
		draft = c
		return nil, nil
	}}
	var err error
	if call.Patch != nil {
		_, err = r.rt.Patch(r.t.Context(), call.Patch, write)
	} else {
		_, err = r.rt.Operate(r.t.Context(), call.Operations, write)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	if draft == nil {
		r.t.Fatal("the write changes nothing")
	}
	return draft
}

// judge reviews a call's write under a policy.
func (r *realm) judge(p policy.Policy, call policy.Call) (*store.Approval, error) {
	r.t.Helper()
	return p.NewReview(meerkat.New(), call).Judge(context.Background(), r.draft(call))
}

// patch returns a call with a merge patch, operations one with a JSON Patch.
func patch(t *testing.T, text string) policy.Call {
	t.Helper()
	return policy.Call{Tool: "config_patch", Patch: object(t, text)}
}

func operations(t *testing.T, text string) policy.Call {
	t.Helper()
	ops, err := tree.ParseOperations(object(t, `{"list":`+text+`}`)["list"].([]any))
	if err != nil {
		t.Fatal(err)
	}
	return policy.Call{Tool: "config_patch", Operations: ops}
}

func object(t *testing.T, text string) tree.Object {
	t.Helper()
	o, err := tree.DecodeObject([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// allow returns a policy that allows the items of a list.
func allow(t *testing.T, list string) policy.Policy {
	t.Helper()
	var p policy.Policy
	if list == "" {
		return p
	}
	if err := p.Allow.UnmarshalText([]byte(list)); err != nil {
		t.Fatal(err)
	}
	return p
}

// wantUnapproved returns the refusal that asks for a person's approval.
func wantUnapproved(t *testing.T, err error) *policy.UnapprovedError {
	t.Helper()
	var u *policy.UnapprovedError
	if !errors.As(err, &u) {
		t.Fatalf("got %v, want a refusal that asks for approval", err)
	}
	return u
}

// fields returns the held fields of a refusal, one "op path risk" for each. It
// is empty if err is nil.
func fields(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	f := fault.Of(err)
	if f.Kind != fault.ApprovalRequired {
		t.Fatalf("got %v, want approval_required", err)
	}
	var lines []string
	for _, field := range f.Data["fields"].([]any) {
		o := field.(tree.Object)
		line := fmt.Sprintf("%s %s %s", o["op"], o["path"], joined(o["risk"]))
		if o["op"] == "move" {
			line = fmt.Sprintf("move %s from %s %s", o["path"], o["from"], joined(o["risk"]))
		}
		lines = append(lines, line)
	}
	return lines
}

func ptr[T any](v T) *T { return &v }

// reviewWith returns a dry run that stores the judgement of its review in got.
func reviewWith(p policy.Policy, call policy.Call, got *error) runtime.Write {
	return runtime.Write{DryRun: true, Judge: func(_ context.Context, c *runtime.Comparison) (*store.Approval, error) {
		var approval *store.Approval
		approval, *got = p.NewReview(meerkat.New(), call).Judge(context.Background(), c)
		return approval, *got
	}}
}

// joined returns the classes of a field in one word.
func joined(risk any) string {
	var names []string
	for _, class := range risk.([]any) {
		names = append(names, class.(string))
	}
	return strings.Join(names, "+")
}
