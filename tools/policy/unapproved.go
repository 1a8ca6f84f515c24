package policy

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// UnapprovedError is the refusal of a write that a person has to allow. It has what
// the person must know to decide.
type UnapprovedError struct {
	model      Model
	call       Call
	comparison *runtime.Comparison
	held       []field                  // of the realm's own configuration
	effects    effects                  // those that are held with them; there is at least one field in all
	question   atomic.Pointer[Question] // nil until it is needed; the runtime may still read the error meanwhile

	// A change may have tens of thousands of parts, and each search of the error's chain
	// asks for the refusal. All are made once, when they are first needed.
	itemsOnce, listOnce, refusalOnce sync.Once
	itemList                         []item       // of items
	list                             refusalList  // of listed
	first                            *fault.Fault // of Unwrap
}

// refusalList names the held changes, as all refusals of a write do.
type refusalList struct {
	subject string // of heldFields
	fields  []any  // of the data
	omitted int    // the fields that are left out
	allow   []any  // of the data

	doubts []any  // the warnings about keys that come and may be misspelt
	doubt  string // the first of them, as a part of the message
}

// maxListed is how many fields, and how many places of an allowance, a refusal has: no
// reply has room for more.
const maxListed = 2_000

// listed returns the names of the held changes.
func (u *UnapprovedError) listed() refusalList {
	u.listOnce.Do(func() {
		held := u.held[:min(maxListed, len(u.held))]
		u.list = refusalList{fields: append(describe(held), u.effects.describe()...), omitted: len(u.held) - len(held)}
		if !u.comparison.BaseUnknown() { // else no item of an allowance covers it
			u.list.subject, u.list.allow = u.heldFields(), u.allowItems()
			u.list.doubts, u.list.doubt = u.doubtfulKeys()
		}
	})
	return u.list
}

// Offer is a way in which a person can still answer the question of a refused call.
type Offer string

const (
	NoOffer     Offer = ""       // none
	OfferReview Offer = "review" // the question waits for realmconf review
	OfferPage   Offer = "page"   // it also waits on a page that the client shows

	OfferPageAlone Offer = "page_alone" // it waits on a page that the client shows, and nowhere else
)

// Error returns the text of Unwrap.
func (u *UnapprovedError) Error() string { return u.Unwrap().Error() }

// Unwrap returns the refusal of a client that cannot ask a person.
func (u *UnapprovedError) Unwrap() error {
	u.refusalOnce.Do(func() { u.first = u.Refusal(NoPerson, NoOffer) })
	return u.first
}

// Refusal is the fault of the write after an answer other than Accepted. It tells a
// model to talk to its user, which change needs no approval, and, of an answer other
// than Declined, how the user can answer after all.
func (u *UnapprovedError) Refusal(answer Answer, offer Offer) *fault.Fault {
	const edit = "tell your user what you want to change and why; they can make the change themselves, with realmconf edit, or start this server with --allow to let you"
	const repair = "tell your user, who can repair it with realmconf edit, or go back to an earlier generation with realmconf rollback"
	next := edit
	switch {
	case answer == Declined:
		next = doNotAsk
	case offer == OfferPageAlone:
		next = waitForPage
	case offer == OfferPage:
		next = waitForPage + ". if they see no page, " + repeatAfterReview
	case offer == OfferReview && answer == BeingAsked:
		next = "wait for its result; if there is none, " + repeatAfterReview
	case offer == OfferReview && u.comparison.BaseUnknown():
		next = repeatAfterReview + "; they can also repair the text with realmconf edit"
	case offer == OfferReview:
		next = repeatAfterReview
	case u.comparison.BaseUnknown():
		next = repair
	}
	return u.refusal(answer, u.reason(answer, offer), next)
}

// RefusalAfterNo is the Refusal while the same changes are not asked about again, because
// a person said no to them. isListed says that realmconf review has the question.
func (u *UnapprovedError) RefusalAfterNo(left time.Duration, isListed bool) *fault.Fault {
	seconds := int64(math.Ceil(left.Seconds()))
	if seconds <= 0 {
		return u.Refusal(Declined, NoOffer) // nothing keeps the no
	}
	why := fmt.Sprintf("%s and is not asked again for %d s", saidNo, seconds)
	next := doNotAsk
	if isListed {
		next += " (a user who changes their mind before can say yes in `realmconf review`)"
	}
	return u.refusal(Declined, why, next).
		With("not_asked_for_seconds", seconds)
}

// refusal returns a refusal with the reason and the next step.
func (u *UnapprovedError) refusal(answer Answer, why, next string) *fault.Fault {
	if u.comparison.BaseUnknown() {
		f := fault.New(fault.ApprovalRequired,
			"%s is not TOML, and what is in it cannot be shown: to replace it needs a person's yes, %s: %s. "+
				"do not look for another way. nothing was written", u.comparison.Before.Metadata.FileName(), why, next)
		return u.withData(f, answer)
	}
	f := fault.New(fault.ApprovalRequired,
		"%s a person's yes, %s: %s. "+
			"do not look for another way; keys that need no yes can be changed in a call of their own. %snothing was written", u.listed().subject, why, next, u.listed().doubt)
	return u.withData(f, answer).With("allow", u.listed().allow)
}

// heldFields names the first held change of the question, of the realm's own
// configuration, if there is one, and counts the others as the question does. A verb
// follows.
func (u *UnapprovedError) heldFields() string {
	count, first := 0, ""
	for _, i := range u.items() {
		if !i.isHeld {
			continue
		}
		if count++; first == "" {
			first = fmt.Sprintf("%s (%s)", Place(i.change.Path), effect(i.risk))
		}
	}
	groups := u.effectsByPlace()
	count += len(groups)
	if first == "" {
		g := groups[0]
		first = fmt.Sprintf("the effect on %s (%s) in %s", Place(g.change.Path), effect(g.risk), realmNames(g.realms))
	}
	switch count {
	case 1:
		return first + " needs"
	case 2:
		return first + " and 1 other field need"
	}
	return fmt.Sprintf("%s and %d other fields need", first, count-1)
}

// effectsByPlace returns the held effects, those on the same place in several realms as
// one.
func (u *UnapprovedError) effectsByPlace() []effectGroup {
	return groupEffects(u.effects.held, func(f effectField) string { return f.change.Path.String() })
}

// The texts of a no.
const (
	saidNo   = "and the person who was asked said no"
	doNotAsk = "do not ask for it again unless your user tells you to"
)

// The next steps while a question waits. It ends with the server, and a call with
// another reason is another question.
const (
	repeatAfterReview = "ask your user to run `realmconf review` while this session is open, then repeat this call unchanged, reason included"
	waitForPage       = "wait for them, and do not repeat this call: after a yes the page makes it"
)

// RefusalOfOtherWords is the Refusal of a call with the same changes as another one,
// which a person is asked about or has said yes to. A yes is for the call as the person
// was shown it, so this call needs one of its own.
func (u *UnapprovedError) RefusalOfOtherWords(answer Answer, offer Offer, isApproved bool) *fault.Fault {
	f := u.Refusal(answer, offer)
	other := "a call with other words (reason, …) for the same changes waits for your user, too: repeat exactly the one that they say yes to"
	if isApproved {
		other = "your user said yes to a call with other words (reason, …) for the same changes: repeat exactly that one"
	}
	f.Message = other + ". this one: " + f.Message
	return f
}

// reason says why there is no yes.
func (u *UnapprovedError) reason(answer Answer, offer Offer) string {
	switch answer {
	case Declined:
		return saidNo
	case Cancelled:
		return "and the question was closed without an answer"
	case Expired:
		return "and there was no answer in time to exactly this change"
	case Unclear:
		return "and the client's answer does not say whether the person allows it (the form's decision must be yes, no or later)"
	case BeingAsked:
		return "and another call is asking your user about the same changes now"
	case Automatic:
		return "and this client answered faster than a person can read the question"
	}
	switch q := u.question.Load(); {
	case offer == OfferPage || offer == OfferPageAlone:
		return "and your user is asked for it on a page that this client shows"
	case q != nil && !q.ShowsAll:
		return "and a form cannot show all of it"
	case offer == OfferReview:
		return "and this client cannot ask for it"
	}
	return "and this client cannot show the question"
}

// withData adds what every refusal has: the state of the question, and the fields.
func (u *UnapprovedError) withData(f *fault.Fault, answer Answer) *fault.Fault {
	f = f.With("state", answer.state()).
		With("generation", u.comparison.Before.Version.Generation).
		With("fields", u.listed().fields)
	if omitted := u.listed().omitted; omitted > 0 {
		f = f.With("fields_omitted", omitted)
	}
	if doubts := u.listed().doubts; doubts != nil {
		f = f.With("warnings", doubts)
	}
	return f
}

// doubtfulKeys returns the warnings about keys that the change brings and that may be
// misspelt, and the first in words: a person should not be asked to allow a mistake.
func (u *UnapprovedError) doubtfulKeys() (doubts []any, first string) {
	const most = 20
	if u.comparison.Before.Metadata.File == "" {
		return nil, "" // Meerkat's schema allows no key that it does not name
	}
	for _, w := range u.comparison.After.Warnings() {
		p, err := tree.ParsePointer(w.Path)
		if err != nil || w.Kind != schema.UnknownKey || len(doubts) == most || !u.brings(p) {
			continue
		}
		if doubts == nil {
			if first = w.Text(); !strings.HasSuffix(first, "?") {
				first += "."
			}
			first += " "
		}
		doubts = append(doubts, tree.Object{"kind": string(w.Kind), "path": w.Path, "message": w.Message, "hint": w.Hint})
	}
	return doubts, first
}

// brings reports whether a place is one that the change adds, or in one.
func (u *UnapprovedError) brings(p tree.Pointer) bool {
	return slices.ContainsFunc(u.comparison.Changes, func(c tree.Change) bool { return c.Op == "add" && c.Path.Overlaps(p) })
}

// allowItems returns the items of an Allowance that would cover the held fields: their
// places, with the entries of lists by their names, and their classes, the strongest
// first. All places together are enough, and so are all classes together. Very many
// places are left out.
func (u *UnapprovedError) allowItems() []any {
	items := []any{}
	given := make(map[string]bool)
	var held schema.RiskSet
	add := func(f field, entries *entryIdentities) {
		held |= f.risk
		if place := narrowestPlace(u.model, f.change, entries).String(); !given[place] {
			given[place] = true
			items = append(items, place)
		}
	}
	entries := newEntryIdentities(u.model, u.comparison)
	for _, f := range u.held {
		add(f, entries)
	}
	for _, f := range u.effects.fields() {
		add(f, nil)
	}
	for _, f := range u.effects.held {
		held |= f.risk
	}
	if len(items) > maxListed {
		items = []any{}
	}
	return append(items, held.List()...)
}
