package runtime_test

import (
	"encoding/json"
	"errors"
	"testing"

	"realmconf/runtime"
)

func TestReply_renderedOnce(t *testing.T) {
	rt := newRuntime(t)
	rendered := 0
	reply := func(s *runtime.Snapshot, key string, err error) (string, error) {
		r, err := s.Reply([]byte(key), func() (json.RawMessage, error) {
			rendered++
			return json.RawMessage(`{}`), err
		})
		return string(r), err
	}
	first := get(t, rt)
	if _, err := reply(first, "a", errors.New("no")); err == nil {
		t.Error("an error was not passed on")
	}
	for range 3 {
		if got, err := reply(first, "a", nil); got != "{}" || err != nil {
			t.Errorf("got %s, %v", got, err)
		}
	}
	if _, err := reply(first, "b", nil); err != nil {
		t.Error(err)
	}
	if rendered != 3 {
		t.Errorf("rendered %d times, want 3: once with an error, and once for each key", rendered)
	}
	if _, err := rt.Patch(t.Context(), agentPatch(7), runtime.Write{}); err != nil {
		t.Fatal(err)
	}
	if _, err := reply(get(t, rt), "a", nil); err != nil || rendered != 4 {
		t.Errorf("after a change rendered %d times, %v, want 4", rendered, err)
	}
}

func TestReply_limits(t *testing.T) {
	for name, test := range map[string]struct{ size, asked, kept int }{
		"small": {2, 100, 64},
		"large": {3 << 20, 10, 2},
	} {
		rt := newRuntime(t)
		s, rendered := get(t, rt), 0
		for range 2 {
			for key := range test.asked {
				if _, err := s.Reply([]byte{byte(key)}, func() (json.RawMessage, error) {
					rendered++
					return make(json.RawMessage, test.size), nil
				}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if want := 2*test.asked - test.kept; rendered != want {
			t.Errorf("%s: rendered %d times, want %d", name, rendered, want)
		}
	}
}
