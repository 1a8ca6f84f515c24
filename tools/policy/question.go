package policy

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools/layout"
)

// Question is what a person is asked before a held change takes effect.
type Question struct {
	Message string      // the text of a form: all that will change, with secrets masked
	Subject Fingerprint // the change that the answer is for, and no other

	// Changes is the same for all calls with the same effect, whatever their words.
	Changes Fingerprint

	// Held is the same for all calls that ask for the same held changes, whatever their
	// words, their tool, the generation that they are based on, and their other changes.
	// A person's no to one of them counts for all.
	Held Fingerprint

	// ShowsAll reports whether Message has all that a person must see to decide, and the
	// client shows it. If not, only a program that shows the Proposal may ask.
	ShowsAll bool

	Proposal Proposal // the same change as data
}

// Answer is the result of a question.
type Answer string

// The answers. Only Accepted lets the change take effect.
const (
	Accepted   Answer = "accepted"    // the person said yes
	Declined   Answer = "declined"    // the person said no
	Cancelled  Answer = "cancelled"   // the question was closed without an answer
	Expired    Answer = "expired"     // the answer came too late, or not at all
	Unclear    Answer = "unclear"     // the client's response is neither yes nor no
	Automatic  Answer = "automatic"   // the client's response came so fast that no person can have given it
	BeingAsked Answer = "being_asked" // there is no answer, because another call asks about the same changes
	NoPerson   Answer = "no_person"   // there is no answer, because the client cannot ask
)

// state returns the answer as a refusal's data has it. An unclear answer counts as a
// closed question, and without a form the client counts as one that cannot ask.
func (a Answer) state() string {
	switch a {
	case Unclear:
		return string(Cancelled)
	case Automatic, BeingAsked:
		return string(NoPerson)
	}
	return string(a)
}

// Limits of a question, in bytes. A person would not read more in a form: the rest of a
// longer message is left out, and the proposal has all of it. A change with a longer
// proposal is refused.
const (
	maxMessage  = 16 << 10
	MaxProposal = 1 << 20          // as JSON, without the digest and the times
	maxItems    = MaxProposal / 50 // changes: a proposal with more of them is longer
)

// Question returns the question to a person: in words and as data. A change that is too
// long to be shown to one is an error.
func (u *UnapprovedError) Question() (Question, error) {
	if q := u.question.Load(); q != nil {
		return *q, nil
	}
	items := u.items()
	if len(items) > maxItems {
		return Question{}, u.tooLong(fmt.Sprintf("%d changes, and %d", len(items), maxItems))
	}
	q := Question{Proposal: u.proposal(items)}
	content := tree.Append(nil, q.Proposal.content())
	if len(content) > MaxProposal {
		return Question{}, u.tooLong(fmt.Sprintf("%d bytes, and %d", len(content), MaxProposal))
	}
	if len(content)+len(q.Proposal.CommentedDiff) > MaxProposal {
		q.Proposal.CommentedDiff = q.Proposal.Diff
	}
	q.Message, q.ShowsAll = u.message(items, q.Proposal.Summary)
	q.Subject, q.Changes, q.Held = u.subject(q.Message, content), u.changes(), u.heldChanges()
	q.Proposal.Digest = q.Subject
	u.question.Store(&q)
	return q, nil
}

// tooLong is the refusal of a change that is too long to be shown to a person. excess
// says how long it is, and what the limit is.
func (u *UnapprovedError) tooLong(excess string) *fault.Fault {
	f := u.Refusal(NoPerson, NoOffer)
	f.Message = fmt.Sprintf("a person must allow this change, and it is too long to be shown to one (%s is the limit): make it in smaller calls; nothing was written", excess)
	return f
}

// message describes the change to a person, and reports whether the client shows
// everything: how much it is, with the classes, which client wants it in which realm,
// one line for each change, the held ones first, and the reason. The reason comes from
// the client, and may stay out of sight. Text of others is quoted, and has no line of
// its own; each line but the first begins with a sign, for hosts that join the lines.
func (u *UnapprovedError) message(items []item, summary string) (message string, showsAll bool) {
	before := u.comparison.Before
	id := ""
	if before.Metadata.RealmID != nil {
		id = *before.Metadata.RealmID
	}
	client, realm := ClientWords(u.call.Client, visibleName), RealmWords(id, before.Metadata.File, before.Metadata.Project, visibleName)
	w := newWording(u)
	lines := []string{"to change: " + summary, fmt.Sprintf("by %s, in %s (generation %d)", client, realm, before.Version.Generation)}
	size := len(lines[0]) + len(lineStart) + len(lines[1]) + len(reasonLine(u.call.Reason, math.MaxInt32))
	rest := 0
	for _, line := range u.lines(w, items) {
		if size += len(lineStart) + len(line); size > maxMessage-maxRest {
			rest++
			continue
		}
		lines = append(lines, line)
	}
	if rest > 0 {
		lines = append(lines, fmt.Sprintf("(%d more changes are left out here)", rest))
	}
	message = strings.Join(lines, lineStart)
	s, shown, room := screenOf(u.call.Client), strings.Split(message, "\n"), math.MaxInt32
	showsAll = rest == 0 && !w.isCut && s.shows(shown)
	if showsAll { // the reason must not move a line out of sight
		room = s.roomAfter(shown)
	}
	return message + reasonLine(u.call.Reason, room), showsAll
}

// reasonLine returns the line with the client's reason, as far as it has room in a
// number of columns; "" if there is nearly none.
func reasonLine(reason string, room int) string {
	const before = lineStart + "the client's reason: "
	const least = 20 // of a reason that is cut
	limit := min(reasonWidth, room-layout.Width(before[1:])-len(`""`))
	if reason == "" || limit <= 0 {
		return ""
	}
	shown, isCut := window(reason, 0, limit)
	if note := len(" + ") + len(leftOut(len(reason))); isCut && limit+note > room-len(before) {
		if limit -= note; limit < least {
			return ""
		}
		shown, _ = window(reason, 0, limit)
	}
	return before + shown
}

// lineStart begins each line but the first.
const lineStart = "\n• "

// maxRest is the room for the line about lines that are left out.
const maxRest = 60

// lines describes the changes and the effects, the held ones first.
func (u *UnapprovedError) lines(w *wording, items []item) []string {
	var held, others []string
	for _, i := range items {
		if line := w.line(i); i.isHeld {
			held = append(held, line)
		} else {
			others = append(others, line)
		}
	}
	return slices.Concat(held, u.effects.lines(w), others)
}
