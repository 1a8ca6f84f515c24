package runtime

import (
	"context"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// tokenFunc returns the text that replaces the secret at p in a view that
// clients see.
type tokenFunc func(p tree.Pointer, secret any) string

// notStored replaces a secret that no generation has. It is no token, and a
// client that sends it back is refused.
const notStored = schema.TokenPrefix + "not-stored-yet"

func notStoredToken(tree.Pointer, any) string { return notStored }

// tokensOf returns tokens that refer to a generation's record: they work as
// long as the history keeps it, in other processes and after a restart too.
func tokensOf(generation uint64) tokenFunc {
	return func(p tree.Pointer, _ any) string {
		return schema.Token{Generation: generation, Path: p}.String()
	}
}

// tokens returns the tokens for one view of s, which is Stored or Resolved. In a
// draft, a secret that has the same value at the same place before keeps the
// token that it has there.
func (s *Snapshot) tokens(view func(*Snapshot) tree.Object) tokenFunc {
	before := s.draftOf
	if before == nil {
		return s.token
	}
	return func(p tree.Pointer, secret any) string {
		was, _, existed := p.Get(view(before))
		is, _, _ := p.Get(view(s))
		if existed && tree.Equal(was, is) {
			return before.token(p, secret)
		}
		return notStored
	}
}

// reveal replaces the tokens in a tree that a client gave by the secrets that
// they refer to. A value that prev has at the same place stays.
func (r *Runtime) reveal(ctx context.Context, current *Snapshot, given, prev tree.Object) (tree.Object, []schema.Issue) {
	return r.model.Reveal(given, prev, r.lookup(ctx, current))
}

// maxTokenGenerations is the highest number of generations that the tokens of one
// write are looked up in: each is read from the history, parsed and held. A client
// has the tokens of one reading, or of a few.
const maxTokenGenerations = 16

// lookup returns a function that finds the secret that a token refers to. It
// reads each generation at most once, and no more of them than
// maxTokenGenerations.
func (r *Runtime) lookup(ctx context.Context, current *Snapshot) func(schema.Token, schema.Part) (any, bool) {
	read := make(map[uint64]*Snapshot) // nil for a generation that is not available
	if current.committed {
		read[current.Version.Generation] = current
	}
	return func(t schema.Token, part schema.Part) (any, bool) {
		s, known := read[t.Generation]
		if !known && len(read) <= maxTokenGenerations && ctx.Err() == nil {
			if revision, err := r.Revision(ctx, t.Generation); err == nil {
				s = revision.Snapshot
			}
			read[t.Generation] = s
		}
		if s == nil {
			return nil, false
		}
		// A token's path is a place in the resolved view or in the stored one.
		if secret, ok := r.model.Secret(s.Resolved(), t.Path, part); ok {
			return secret, true
		}
		return r.model.Secret(s.Stored(), t.Path, part)
	}
}

// renewTests renews the tokens in the tests of operations, so that a test with a
// token of an earlier generation passes if the secret is still the same.
func (r *Runtime) renewTests(ctx context.Context, current *Snapshot, operations []tree.Operation) []tree.Operation {
	renew := r.renewer(ctx, current)
	renewed := make([]tree.Operation, len(operations))
	for i, op := range operations {
		if op.Op == "test" {
			op.Value = renewTokens(op.Value, renew)
		}
		renewed[i] = op
	}
	return renewed
}

// renewer returns a function that turns a token into that of the current
// generation, if both refer to the same secret.
func (r *Runtime) renewer(ctx context.Context, current *Snapshot) func(schema.Token) schema.Token {
	lookup := r.lookup(ctx, current)
	return func(t schema.Token) schema.Token {
		if t.Generation == current.Version.Generation {
			return t
		}
		now := schema.Token{Generation: current.Version.Generation, Path: t.Path}
		found := false
		for _, part := range schema.Parts() {
			was, existed := lookup(t, part)
			is, exists := lookup(now, part)
			if existed != exists || !tree.Equal(was, is) {
				return t
			}
			found = found || existed
		}
		if !found {
			return t
		}
		return now
	}
}

// renewTokens returns a value in which renew was applied to every token, also to
// those that are parts of an address.
func renewTokens(v any, renew func(schema.Token) schema.Token) any {
	switch v := v.(type) {
	case map[string]any:
		o := make(tree.Object, len(v))
		for name, member := range v {
			o[name] = renewTokens(member, renew)
		}
		return o
	case []any:
		list := make([]any, len(v))
		for i, entry := range v {
			list[i] = renewTokens(entry, renew)
		}
		return list
	case string:
		return schema.ReplaceTokens(v, renew)
	}
	return v
}
