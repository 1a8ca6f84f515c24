package runtime

import (
	"context"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// mint makes what stands for a secret in a configuration that is shown.
type mint func(p tree.Pointer, secret any) string

// notStored stands for a secret that no generation has. It is no token, and
// nothing that a client could send back.
const notStored = schema.TokenPrefix + "not-stored-yet"

// unsettled is the mint of a text that has no generation of its own yet.
func unsettled(tree.Pointer, any) string { return notStored }

// referringTo mints tokens that refer to a generation's record: they work as
// long as the history keeps it, in other processes and after a restart too.
func referringTo(generation uint64) mint {
	return func(p tree.Pointer, _ any) string {
		return schema.Token{Generation: generation, Path: p}.String()
	}
}

// keeping is what stands for a secret of a draft of s: its token in s if the
// value is the same there. Was and is are one view of s and of the draft.
func (s *Snapshot) keeping(p tree.Pointer, secret any, was, is tree.Object) string {
	before, _, ok := p.Get(was)
	if after, _, _ := p.Get(is); ok && tree.Equal(before, after) {
		return s.mint(p, secret)
	}
	return notStored
}

// reveal replaces the tokens in what a client gives by the secrets that they
// refer to. What prev has already, in the same place, stays.
func (r *Runtime) reveal(ctx context.Context, current *Snapshot, given, prev tree.Object) (tree.Object, []schema.Issue) {
	return r.model.Reveal(given, prev, r.lookup(ctx, current))
}

// lookup finds what tokens refer to, and reads each generation once.
func (r *Runtime) lookup(ctx context.Context, current *Snapshot) func(schema.Token, schema.Part) (any, bool) {
	read := make(map[uint64]*Snapshot)
	if current.settled {
		read[current.Version.Generation] = current
	}
	return func(t schema.Token, part schema.Part) (any, bool) {
		s, known := read[t.Generation]
		if !known {
			if revision, err := r.Revision(ctx, t.Generation); err == nil {
				s = revision.Snapshot
			}
			read[t.Generation] = s
		}
		if s == nil {
			return nil, false
		}
		// The place may be that in the resolved view, or that in the stored one.
		if secret, ok := r.model.Secret(s.Resolved(), t.Path, part); ok {
			return secret, true
		}
		return r.model.Secret(s.Stored(), t.Path, part)
	}
}

// refreshed are operations whose tests name secrets as they are shown now: a
// token of an earlier generation passes where the secret is still the same.
func (r *Runtime) refreshed(ctx context.Context, current *Snapshot, operations []tree.Operation) []tree.Operation {
	renew := r.renewal(ctx, current)
	fresh := make([]tree.Operation, len(operations))
	for i, op := range operations {
		if op.Op == "test" {
			op.Value = refresh(op.Value, renew)
		}
		fresh[i] = op
	}
	return fresh
}

// upToDate is what a client gave with the tokens of now, wherever they stand
// for the same secret as those that it gave.
func (r *Runtime) upToDate(ctx context.Context, current *Snapshot, given tree.Object) tree.Object {
	return refresh(given, r.renewal(ctx, current)).(tree.Object)
}

// asGiven is target.given for a whole configuration in the resolved view.
func (r *Runtime) asGiven(ctx context.Context, current *Snapshot, given tree.Object) func() tree.Object {
	return func() tree.Object {
		canonical, _ := r.model.Canonical(r.upToDate(ctx, current, given))
		return rewrite(r.model, current.ShownStored(), current.Shown(), canonical)
	}
}

// renewal gives for a token that of now, if it stands for the same secret.
func (r *Runtime) renewal(ctx context.Context, current *Snapshot) func(schema.Token) schema.Token {
	lookup := r.lookup(ctx, current)
	return func(t schema.Token) schema.Token {
		now := schema.Token{Generation: current.Version.Generation, Path: t.Path}
		any := false
		for _, part := range []schema.Part{schema.Whole, schema.Address, schema.Userinfo, schema.Query} {
			meant, known := lookup(t, part)
			is, there := lookup(now, part)
			if known != there || !tree.Equal(meant, is) {
				return t
			}
			any = any || known
		}
		if !any {
			return t
		}
		return now
	}
}

// refresh replaces the tokens in a value, also those that are parts of an
// address.
func refresh(v any, by func(schema.Token) schema.Token) any {
	switch v := v.(type) {
	case map[string]any:
		o := make(tree.Object, len(v))
		for name, member := range v {
			o[name] = refresh(member, by)
		}
		return o
	case []any:
		list := make([]any, len(v))
		for i, entry := range v {
			list[i] = refresh(entry, by)
		}
		return list
	case string:
		return schema.ReplaceTokens(v, by)
	}
	return v
}
