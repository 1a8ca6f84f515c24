package mirror

import (
	"errors"
	"io/fs"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

// Side is one of the two stores.
type Side string

// The sides.
const (
	Local  Side = "local"  // the realm's directory on this machine
	Shared Side = "shared" // the store of all machines
)

// Kind is the kind of an event.
type Kind string

// The kinds of events. The first three are moves.
const (
	Pull   Kind = "pull"    // local has the text of shared
	Push   Kind = "push"    // shared has the text of local
	Merge  Kind = "merge"   // shared, or without push local, has the changes of both
	InStep Kind = "in_step" // there is nothing to move
	Hold   Kind = "hold"    // nothing is moved until a person decides
	Retry  Kind = "retry"   // a side failed, and is tried again
	Failed Kind = "failed"  // a side failed, and the mirror ends
)

// HoldReason is why nothing is moved.
type HoldReason string

// The reasons.
const (
	FirstMeeting  HoldReason = "first_meeting"
	SharedAbsent  HoldReason = "shared_absent"
	WentBack      HoldReason = "went_back"
	BasePruned    HoldReason = "base_pruned"
	InvalidLocal  HoldReason = "invalid_local"
	EmptyLocal    HoldReason = "empty_local"
	InvalidShared HoldReason = "invalid_shared"
)

// Message says what the person has to decide.
func (r HoldReason) Message() string {
	switch r {
	case FirstMeeting:
		return "both sides have a configuration, and their histories have no text in common: say with --adopt local or --adopt shared which one both get; the other text stays in its history"
	case SharedAbsent:
		return "the shared realm has no configuration: check --realm, or give --push and --adopt local to make it of the local one"
	case WentBack:
		return "the shared realm is not the one that was mirrored here: it was removed or restored from a backup, or the address is another one; say with --adopt local or --adopt shared which text both get"
	case BasePruned:
		return "both sides have changed, and the shared history no longer has the generation that they had in common: mirror once without --push, which merges into the local file, or say with --adopt which text both get"
	case InvalidLocal:
		return "the local configuration has a mistake, which realmconf doctor shows: nothing is copied in either direction until it is corrected, or rolled back"
	case EmptyLocal:
		return "the local configuration has no key left: that is copied nowhere; bring it back with realmconf rollback, or stop the mirror, remove the realm's directory and start it again, to fetch the shared one anew"
	case InvalidShared:
		return "the shared configuration is not TOML: it is not copied; roll the shared realm back"
	}
	return ""
}

// Event is something that a mirror did, or waits for.
type Event struct {
	Kind   Kind
	At     time.Time
	Local  store.Version // after it
	Shared store.Version
	Ahead  bool // of InStep: local has changes that are not pushed

	Onto         Side           // of a move: the side that was written
	Clashes      []tree.Pointer // both sides had changed these, and shared won
	LostComments int            // so many comments of the local text are in no other text
	Kept         uint64         // the local generation that has what was left out, or 0

	Hold    HoldReason    // of Hold
	Failure *Failure      // of Retry and Failed
	Pause   time.Duration // of Retry: until the next try
}

// sameState reports whether two events are about the same state.
func (e Event) sameState(other Event) bool {
	return e.Kind == other.Kind && e.Local == other.Local && e.Shared == other.Shared && e.Ahead == other.Ahead && e.Hold == other.Hold
}

// IsMove reports whether the event changed one of the sides.
func (e Event) IsMove() bool { return e.Kind == Pull || e.Kind == Push || e.Kind == Merge }

// Tree returns the event as JSON: a line of realmconf mirror.
func (e Event) Tree() tree.Object {
	o := tree.Object{"event": string(e.Kind), "at": e.At.Format("2006-01-02T15:04:05.000Z")}
	if e.Kind == Retry || e.Kind == Failed {
		o["side"], o["kind"], o["message"] = string(e.Failure.Side), string(e.Failure.Kind), e.Failure.Message
		if e.Kind == Retry {
			o["retry_after_ms"] = e.Pause.Milliseconds()
		}
		if e.Failure.Path != "" {
			o["path"] = e.Failure.Path
		}
		return o
	}
	o["local_generation"], o["shared_generation"] = e.Local.Generation, e.Shared.Generation
	switch {
	case e.IsMove():
		o["written"] = string(e.Onto)
	case e.Kind == Hold:
		o["reason"], o["message"] = string(e.Hold), e.Hold.Message()
	case e.Ahead:
		o["ahead"] = true
	}
	if e.Kept != 0 {
		places := make([]any, len(e.Clashes))
		for i, p := range e.Clashes {
			places[i] = p.String()
		}
		o["clashes"], o["kept_generation"] = places, e.Kept
	}
	if e.LostComments > 0 {
		o["lost_comments"] = e.LostComments
	}
	return o
}

// Failure is an error of one side.
type Failure struct {
	Side    Side
	Kind    fault.Kind
	Message string
	Path    string // the file, if a file of this machine failed
}

// sideError is an error of one side.
type sideError struct {
	side Side
	err  error
}

func (e *sideError) Error() string { return string(e.side) + ": " + e.err.Error() }
func (e *sideError) Unwrap() error { return e.err }

// onSide marks an error as one side's.
func onSide(side Side, err error) error {
	if err == nil {
		return nil
	}
	return &sideError{side, err}
}

// newFailure describes an error of one side, whose text names the endpoints of shared or
// the file of local.
func newFailure(err error) *Failure {
	f := fault.Of(err)
	failure := &Failure{Kind: f.Kind, Message: f.Message}
	var at *sideError
	if errors.As(err, &at) {
		failure.Side = at.side
	}
	var path *fs.PathError
	if failure.Side == Local && errors.As(f.Cause, &path) {
		failure.Path = path.Path
	}
	return failure
}
