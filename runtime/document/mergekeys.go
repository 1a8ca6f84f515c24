package document

import (
	"bytes"
	"slices"
	"strings"

	"realmconf/schema/tree"
)

// KeyMerge is the result of MergeKeys.
type KeyMerge struct {
	Document     *Document
	Clashes      []tree.Pointer // the places, in the document, where mine was not taken
	Reformatted  []tree.Pointer // as in Edit
	LostComments int            // how many comments mine has, and neither base nor the document
}

// MergeKeys is a three-way merge by keys: it makes a document with theirs and with the
// changes that lead from base to mine. A list whose entries have an identity is merged
// entry by entry. A place that both have changed differently is a clash, and has the
// value of theirs. So has each place at or below a pointer of except.
//
//	base ──▶ mine     a = 1 → 2
//	base ──▶ theirs   b = 1 → 3        merged: a = 2, b = 3
//
// The keys decide what the document means. Its text is a merge by lines, so that
// comments and layout of both are there, which is then edited where it does not have
// that meaning. If it is no TOML, the text of theirs is edited, and the new comments of
// mine are lost. An error is one of Edit.
func MergeKeys(base, mine, theirs *Document, model Model, except ...tree.Pointer) (*KeyMerge, error) {
	if model == nil {
		model = anyModel{}
	}
	// To apply the change that leads from base to mine is to undo the one that leads back.
	wanted, clashes := tree.Undo(mine.tree, base.tree, theirs.tree, model.Key, except)
	merge := &KeyMerge{Clashes: clashes}
	for _, p := range except {
		if !samePlace(p, mine.tree, theirs.tree) {
			merge.Clashes = append(merge.Clashes, p)
		}
	}
	from := theirs
	text := mergeRegions(base.text, mine.text, theirs.text, func(old, left, right []string) []string {
		return mergeClash(base.text, old, left, right)
	})
	if both, err := ParseLike(text, theirs); err == nil {
		from = both
	}
	var err error
	merge.Document, merge.Reformatted, err = from.EditFrom(wanted, model, Sources{Earlier: []*Document{mine, theirs}})
	if err != nil && from != theirs {
		merge.Document, merge.Reformatted, err = theirs.EditFrom(wanted, model, Sources{Earlier: []*Document{mine}})
	}
	if err != nil {
		return nil, err
	}
	merge.LostComments = countLost(base.text, mine.text, merge.Document.text)
	return merge, nil
}

// samePlace reports whether two trees have the same at a place, or both nothing.
func samePlace(p tree.Pointer, a, b tree.Object) bool {
	inA, _, hasA := p.Get(a)
	inB, _, hasB := p.Get(b)
	return hasA == hasB && (!hasA || tree.Exactly(inA, inB))
}

// mergeClash merges lines that both sides have changed. As many lines on all sides are
// changed ones, and each is decided on its own. Otherwise the lines are those of theirs,
// with the new comment lines of mine.
func mergeClash(base []byte, old, mine, theirs []string) []string {
	if len(old) != len(mine) || len(old) != len(theirs) {
		return withNewComments(base, mine, theirs)
	}
	var merged []string
	for i := range old {
		merged = append(merged, mergeLines(old[i:i+1], mine[i:i+1], theirs[i:i+1], func(_, mine, theirs []string) []string {
			return withNewComments(base, mine, theirs)
		})...)
	}
	return merged
}

// withNewComments returns theirs with the new comment lines of mine above their first
// line that is not blank.
func withNewComments(base []byte, mine, theirs []string) []string {
	first := 0
	for first < len(theirs) && strings.TrimSpace(theirs[first]) == "" {
		first++
	}
	return slices.Concat(theirs[:first], newCommentLines(base, mine, theirs), theirs[first:])
}

// newCommentLines returns the lines of mine that are comments which neither base nor
// theirs has.
func newCommentLines(base []byte, mine, theirs []string) []string {
	var lines []string
	for _, l := range mine {
		comment := strings.TrimSpace(l)
		isNew := strings.HasPrefix(comment, "#") && strings.HasSuffix(l, "\n") && !bytes.Contains(base, []byte(comment))
		if isNew && !slices.ContainsFunc(theirs, func(t string) bool { return strings.TrimSpace(t) == comment }) {
			lines = append(lines, l)
		}
	}
	return lines
}

// countLost counts the comments of mine that are neither in base nor in merged.
func countLost(base, mine, merged []byte) int {
	known := make(map[string]bool)
	for _, text := range [][]byte{base, merged} {
		ReplaceComments(text, func(comment string) string {
			known[strings.TrimSpace(comment)] = true
			return comment
		})
	}
	lost := 0
	ReplaceComments(mine, func(comment string) string {
		if !known[strings.TrimSpace(comment)] {
			lost++
		}
		return comment
	})
	return lost
}
