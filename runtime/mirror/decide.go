package mirror

import (
	"bytes"

	"realmconf/runtime/document"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

// move is the decision about two texts.
type move struct {
	kind  Kind
	onto  Side   // of Pull, Push and Merge: the side that gets the text
	text  []byte // that it gets
	ahead bool   // of InStep: local has changes that are not pushed
	hold  HoldReason

	clashes      []tree.Pointer
	lostComments int
}

// decide returns the move that follows from both sides and the base, nil if none is
// known. It reads and writes nothing; the package comment has the rules.
func decide(o Options, b *base, local, shared sideState) move {
	switch {
	case local.exists() == shared.exists() && local.state.Version.Digest == shared.state.Version.Digest:
		return move{kind: InStep}
	case !shared.exists() && local.isEmpty():
		return move{kind: InStep}
	case shared.exists() && (!local.exists() || b == nil && local.isEmpty()):
		return pull(local, shared)
	case b == nil && !shared.exists() && o.Adopt != Shared:
		return decideFirstPush(o, local, shared)
	case b == nil || b.state != baseKnown, b.doc == nil && local.state.Version.Digest != b.digest && shared.state.Version.Digest != b.digest:
		return decideWithoutBase(o, b, local, shared)
	case local.state.Version.Digest == b.digest:
		return pull(local, shared)
	case local.isEmpty() && len(b.tree()) > 0:
		return move{kind: Hold, hold: EmptyLocal}
	case shared.state.Version.Digest == b.digest && !o.Push:
		return move{kind: InStep, ahead: true}
	case !isValid(o.Model, local, shared.tree(), b.tree()):
		return move{kind: Hold, hold: InvalidLocal}
	case shared.state.Version.Digest == b.digest:
		return push(local)
	case shared.doc == nil:
		return move{kind: Hold, hold: InvalidShared}
	}
	return decideMerge(o, b, local, shared)
}

// decideFirstPush decides about a local text that no shared one meets.
func decideFirstPush(o Options, local, shared sideState) move {
	switch {
	case !o.Push:
		return move{kind: Hold, hold: SharedAbsent}
	case !isValid(o.Model, local):
		return move{kind: Hold, hold: InvalidLocal}
	}
	return push(local)
}

// decideWithoutBase decides about two texts of which no common past is known, or one
// that cannot be relied on.
func decideWithoutBase(o Options, b *base, local, shared sideState) move {
	switch {
	case o.Adopt == Shared && !shared.exists():
		return move{kind: Hold, hold: SharedAbsent}
	case o.Adopt == Shared:
		return pull(local, shared)
	case o.Adopt == Local && o.Push && isValid(o.Model, local, shared.tree()):
		return push(local)
	case o.Adopt == Local && o.Push:
		return move{kind: Hold, hold: InvalidLocal}
	case b == nil || b.state == baseKnown:
		return move{kind: Hold, hold: FirstMeeting}
	case b.state == basePruned:
		return move{kind: Hold, hold: BasePruned}
	}
	return move{kind: Hold, hold: WentBack}
}

// pull copies the shared text. One that is not TOML would break the programs that read
// the local file, and stays where it is; mistakes of any other kind are shared as they
// are, because a later version of the platform may know keys that this one does not.
func pull(local, shared sideState) move {
	if shared.doc == nil {
		return move{kind: Hold, hold: InvalidShared}
	}
	return move{kind: Pull, onto: Local, text: shared.state.Text}
}

func push(local sideState) move { return move{kind: Push, onto: Shared, text: local.state.Text} }

// isValid reports whether a text may be given to other machines: TOML, without a mistake
// that is not in one of prev.
func isValid(model Model, v sideState, prev ...tree.Object) bool {
	return v.doc != nil && model.Check(v.doc.Tree(), prev...).Issues.Count == 0
}

// tree returns the tree of the side's text, nil if it is not TOML.
func (v sideState) tree() tree.Object {
	if v.doc == nil {
		return nil
	}
	return v.doc.Tree()
}

// decideMerge merges two texts that both differ from the base.
func decideMerge(o Options, b *base, local, shared sideState) move {
	merged := merge(o.Model, b.doc, local, shared)
	text := merged.Document.Text()
	m := move{kind: Merge, onto: Shared, text: text, clashes: merged.Clashes, lostComments: merged.LostComments}
	switch {
	case bytes.Equal(text, shared.state.Text):
		m.kind, m.onto = Pull, Local
	case !o.Push && bytes.Equal(text, local.state.Text):
		return move{kind: InStep, ahead: true}
	case !o.Push:
		m.onto = Local
	}
	return m
}

// merge merges two texts, of which shared wins. A combination that is not valid, though
// both sides are, has the sections of shared in which its mistakes are.
func merge(model Model, b *document.Document, local, shared sideState) *document.KeyMerge {
	var except []tree.Pointer
	for range 2 {
		merged, err := document.MergeKeys(b, local.doc, shared.doc, editModel{model}, except...)
		if err != nil {
			break
		}
		report := model.Check(merged.Document.Tree(), shared.doc.Tree(), local.doc.Tree())
		if report.Issues.Count == 0 {
			return merged
		}
		except = nil
		for _, issue := range report.Issues.First {
			if p, err := tree.ParsePointer(issue.Path); err == nil {
				except = append(except, p[:min(1, len(p))])
			}
		}
	}
	return &document.KeyMerge{Document: shared.doc, Clashes: []tree.Pointer{{}}}
}

// editModel is the model for the edit of a merged text. No client has given a secret of
// it, so that the places of all values may be kept.
type editModel struct{ Model }

func (editModel) MayRename(tree.Pointer) bool { return true }

// keeps reports whether a move leaves something of the local text out, so that only the
// local history has it.
func (m move) keeps() bool { return len(m.clashes) > 0 || m.lostComments > 0 }

// versions returns the state of the side that a move writes to, and that of the other.
func (m move) versions(local, shared sideState) (onto, other store.State) {
	if m.onto == Local {
		return local.state, shared.state
	}
	return shared.state, local.state
}
