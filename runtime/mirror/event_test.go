package mirror

import (
	"errors"
	"io/fs"
	"testing"
	"time"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// TestEvent_Tree has the form of each line.
func TestEvent_Tree(t *testing.T) {
	at := time.Date(2026, 11, 28, 7, 0, 0, 5e6, time.UTC)
	versions := func(e Event) Event {
		e.At, e.Local.Generation, e.Shared.Generation = at, 4, 9
		return e
	}
	for _, tt := range []struct {
		event Event
		want  string
	}{
		{versions(Event{Kind: Pull, Onto: Local}),
			`{"at":"2026-11-28T07:00:00.005Z","event":"pull","local_generation":4,"shared_generation":9,"written":"local"}`},
		{versions(Event{Kind: Push, Onto: Shared}),
			`{"at":"2026-11-28T07:00:00.005Z","event":"push","local_generation":4,"shared_generation":9,"written":"shared"}`},
		{versions(Event{Kind: Merge, Onto: Shared, Clashes: []tree.Pointer{{"agent", "a/b"}, {}}, LostComments: 2, Kept: 4}),
			`{"at":"2026-11-28T07:00:00.005Z","clashes":["/agent/a~1b",""],"event":"merge","kept_generation":4,"local_generation":4,"lost_comments":2,"shared_generation":9,"written":"shared"}`},
		{versions(Event{Kind: InStep}),
			`{"at":"2026-11-28T07:00:00.005Z","event":"in_step","local_generation":4,"shared_generation":9}`},
		{versions(Event{Kind: InStep, Ahead: true}),
			`{"ahead":true,"at":"2026-11-28T07:00:00.005Z","event":"in_step","local_generation":4,"shared_generation":9}`},
		{versions(Event{Kind: Hold, Hold: InvalidShared}),
			`{"at":"2026-11-28T07:00:00.005Z","event":"hold","local_generation":4,"message":"the shared configuration is not TOML: it is not copied; roll the shared realm back","reason":"invalid_shared","shared_generation":9}`},
		{Event{Kind: Retry, At: at, Pause: 250 * time.Millisecond, Failure: newFailure(onSide(Shared, unreachable()))},
			`{"at":"2026-11-28T07:00:00.005Z","event":"retry","kind":"storage","message":"no server answers at host:1: start it","retry_after_ms":250,"side":"shared"}`},
		{Event{Kind: Retry, At: at, Pause: time.Second, Failure: newFailure(onSide(Local, deniedFile()))},
			`{"at":"2026-11-28T07:00:00.005Z","event":"retry","kind":"storage","message":"config.toml may not be written","path":"/r/config.toml","retry_after_ms":1000,"side":"local"}`},
		{Event{Kind: Retry, At: at, Pause: time.Second, Failure: newFailure(onSide(Shared, deniedFile()))},
			`{"at":"2026-11-28T07:00:00.005Z","event":"retry","kind":"storage","message":"config.toml may not be written","retry_after_ms":1000,"side":"shared"}`},
	} {
		if got := string(tree.Append(nil, tt.event.Tree())); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.event.Kind, got, tt.want)
		}
	}
}

func deniedFile() error {
	return fault.New(fault.Storage, "config.toml may not be written").Because(&fs.PathError{Op: "open", Path: "/r/config.toml", Err: fs.ErrPermission})
}

func TestHoldReason_eachHasAMessage(t *testing.T) {
	for _, r := range []HoldReason{FirstMeeting, SharedAbsent, WentBack, BasePruned, InvalidLocal, EmptyLocal, InvalidShared} {
		if r.Message() == "" {
			t.Errorf("%s has no message", r)
		}
	}
}

func TestNewFailure_otherErrorsAreMistakesOfTheProgram(t *testing.T) {
	if f := newFailure(onSide(Local, errors.New("a secret"))); f.Kind != fault.Internal || f.Message == "a secret" {
		t.Errorf("got %+v, want an internal fault", f)
	}
}
