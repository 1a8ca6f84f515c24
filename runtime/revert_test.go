package runtime_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

func revert(t *testing.T, rt *runtime.Runtime, generation uint64, except ...string) (*runtime.Outcome, error) {
	t.Helper()
	var places []tree.Pointer
	for _, text := range except {
		p, err := tree.ParsePointer(text)
		if err != nil {
			t.Fatal(err)
		}
		places = append(places, p)
	}
	return rt.Revert(t.Context(), generation, places, runtime.Write{Reason: "a mistake"})
}

// TestRevert checks the text after a revert of the second of some texts, made by
// another program.
func TestRevert(t *testing.T) {
	for _, tt := range []struct {
		name  string
		texts []string
		want  string
	}{
		{"the newest, byte for byte", []string{"# head\r\n[rest] # why\r\nport = 0x1F90\r\n", "[rest]\nport = 9000\n"}, "# head\r\n[rest] # why\r\nport = 0x1F90\r\n"},
		{"a key of a section, with its comment", []string{
			"[rest]\nport = 1 # one\n\n[agent]\nmodel = \"a\" # cheap\n",
			"[rest]\nport = 1 # one\n\n[agent]\nmodel = \"b\"\n",
			"[rest]\nport = 2 # one\n\n[agent]\nmodel = \"b\"\n",
		}, "[rest]\nport = 2 # one\n\n[agent]\nmodel = \"a\" # cheap\n"},
		{"a new section with another key since", []string{
			"[rest]\nport = 1\n",
			"[rest]\nport = 1\n\n[retry]\nmax_retries = 9\n",
			"[rest]\nport = 1\n\n[retry]\nmax_retries = 9\n# slower\nmultiplier = 3.0\n",
		}, "[rest]\nport = 1\n\n[retry]\n# slower\nmultiplier = 3.0\n"},
		{"a removed section with its comments", []string{
			"# the door\n[rest]\n# ours\nport = 1\n\n[agent]\nmodel = \"a\"\n",
			"[agent]\nmodel = \"a\"\n",
			"[agent]\nmodel = \"b\"\n",
		}, "# the door\n[rest]\n# ours\nport = 1\n\n[agent]\nmodel = \"b\"\n"},
		{"comments only", []string{"# a\n[rest]\nport = 1\n\n[agent]\nmodel = \"a\"\n", "# b\n[rest]\nport = 1\n\n[agent]\nmodel = \"a\"\n", "# b\n[rest]\nport = 1\n\n[agent]\nmodel = \"b\"\n"},
			"# a\n[rest]\nport = 1\n\n[agent]\nmodel = \"b\"\n"},
		{"an entry of a list", []string{
			"[[hooks.entries]]\nid = \"a\" # first\n\n[[hooks.entries]]\nid = \"b\" # second\n",
			"[[hooks.entries]]\nid = \"b\" # second\n",
			"[[hooks.entries]]\nid = \"b\" # second\n\n[[hooks.entries]]\nid = \"c\" # third\n",
		}, "[[hooks.entries]]\nid = \"a\" # first\n\n[[hooks.entries]]\nid = \"b\" # second\n\n[[hooks.entries]]\nid = \"c\" # third\n"},
		{"a renamed entry of a map, with a change since", []string{
			"# about lab\n[self_hosted.servers.lab] # header\nbase_url = \"http://a\" # url\n",
			"# about lab\n[self_hosted.servers.den] # header\nbase_url = \"http://a\" # url\n",
			"# about lab\n[self_hosted.servers.den] # header\nbase_url = \"http://b\" # url\ntransport = \"openai_compatible\"\n",
		}, "# about lab\n[self_hosted.servers.lab] # header\nbase_url = \"http://b\" # url\ntransport = \"openai_compatible\"\n"},
		{"a renamed entry of a list, with a change since", []string{
			"# about a\n[[hooks.entries]] # header\nid = \"a\" # id\npriority = 3 # three\n",
			"# about a\n[[hooks.entries]] # header\nid = \"z\" # id\npriority = 3 # three\n",
			"# about a\n[[hooks.entries]] # header\nid = \"z\" # id\npriority = 4 # three\n",
		}, "# about a\n[[hooks.entries]] # header\nid = \"a\" # id\npriority = 4 # three\n"},
		{"a mistake and an unknown key come back", []string{"[rest]\nport = \"many\"\n[agnt]\nx = 1\n", "[rest]\nport = 1\n", "[agent]\nmodel = \"b\"\n[rest]\nport = 1\n"},
			"[agent]\nmodel = \"b\"\n[rest]\nport = \"many\"\n[agnt]\nx = 1\n"},
		{"the first generation", []string{"", "[rest]\nport = 1\n", "[rest]\nport = 1\n\n[agent]\nmodel = \"b\"\n"}, "[agent]\nmodel = \"b\"\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStore()
			for _, text := range tt.texts {
				appendText(t, s, text)
			}
			rt := runtimeOver(t, s)
			outcome, err := revert(t, rt, 2)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(outcome.After.Text()); strings.TrimLeft(got, "\n") != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
			record, err := s.Record(t.Context(), outcome.After.Version.Generation)
			if err != nil || record.Operation != store.Revert || record.Reverts == nil || *record.Reverts != 2 || record.Reason != "a mistake" {
				t.Errorf("the record: got %v %v", record, err)
			}
			again, err := revert(t, rt, outcome.After.Version.Generation)
			if err != nil || string(again.After.Text()) != tt.texts[len(tt.texts)-1] {
				t.Errorf("the undo, undone: got %v\n%s", err, again.After.Text())
			}
		})
	}
}

// TestRevert_conflict checks that a place that was changed again is refused with who
// changed it, that except leaves it out, and that a retry of a revert changes nothing.
func TestRevert_conflict(t *testing.T) {
	s := newStore()
	for _, text := range []string{
		"[agent]\nmodel = \"a\"\ntemperature = 0.1\n", "[agent]\nmodel = \"b\"\ntemperature = 0.2\n",
		"[agent]\nmodel = \"b\"\ntemperature = 0.2\n[rest]\nport = 1\n", "[agent]\nmodel = \"c\"\ntemperature = 0.2\n[rest]\nport = 1\n",
	} {
		appendText(t, s, text)
	}
	rt := runtimeOver(t, s)
	_, err := revert(t, rt, 2)
	var c *runtime.Conflict
	if !errors.As(err, &c) || !fault.Is(err, fault.GenerationConflict) {
		t.Fatalf("got %v, want a conflict", err)
	}
	if !c.Reverting || c.Expected != 2 || c.Current != 4 || len(c.Commits) != 2 || fmt.Sprint(c.Overlaps) != "[/agent/model]" {
		t.Errorf("got %+v", c.Divergence)
	}
	if len(c.Changes) != len(c.By) || !slices.Contains(c.By, 4) {
		t.Errorf("got the changes %v by %v", c.Changes, c.By)
	}
	if got := get(t, rt).Version.Generation; got != 4 {
		t.Errorf("got generation %d, want 4: nothing may be written", got)
	}
	if _, err := revert(t, rt, 2, "/rest"); !fault.Is(err, fault.InvalidParams) {
		t.Errorf("an exception that has nothing to do with it: got %v", err)
	}
	outcome, err := revert(t, rt, 2, "/agent/model")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(outcome.After.Text()), "[agent]\nmodel = \"c\"\ntemperature = 0.1\n[rest]\nport = 1\n"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if outcome, err = revert(t, rt, 2, "/agent/model"); err != nil || outcome.Changed {
		t.Errorf("again: got %v, %v, want no change", outcome, err)
	}
	stale := runtime.Write{Expected: expect(3)}
	_, err = rt.Revert(t.Context(), 2, nil, stale)
	wantConflict(t, err, 3, 5)
}

// TestRevert_renamedConflict names the places in a renamed entry as they are called now,
// and takes them so in except.
func TestRevert_renamedConflict(t *testing.T) {
	s := newStore()
	for _, text := range []string{
		"[agent]\nmodel = \"a\"\n[self_hosted.servers.lab]\nbase_url = \"http://a\"\n[self_hosted.servers.den]\nbase_url = \"http://a\"\n",
		"[agent]\nmodel = \"b\"\n[self_hosted.servers.new]\nbase_url = \"http://a\"\n[self_hosted.servers.den]\nbase_url = \"http://b\"\n",
		"[agent]\nmodel = \"b\"\n[self_hosted.servers.new]\nbase_url = \"http://c\"\n[self_hosted.servers.den]\nbase_url = \"http://c\"\n",
	} {
		appendText(t, s, text)
	}
	rt := runtimeOver(t, s)
	var c *runtime.Conflict
	if _, err := revert(t, rt, 2); !errors.As(err, &c) || fmt.Sprint(c.Overlaps) != "[/self_hosted/servers/den/base_url]" {
		t.Fatalf("got %v, want a conflict about den alone", err)
	}
	outcome, err := revert(t, rt, 2, "/self_hosted/servers/den/base_url", "/self_hosted/servers/new")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(outcome.After.Text()), "[agent]\nmodel = \"a\"\n[self_hosted.servers.new]\nbase_url = \"http://c\"\n[self_hosted.servers.den]\nbase_url = \"http://c\"\n\n[self_hosted.servers.lab]\nbase_url = \"http://a\"\n"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestRevert_refused checks the generations that cannot be undone.
func TestRevert_refused(t *testing.T) {
	s := newStore()
	for _, text := range []string{"[rest]\nport = 1\n", "[rest\n", "[rest]\nport = 2\n", "[self_hosted]\nmodels.m.server = \"s\"\nservers.s.base_url = \"http://s\"\n"} {
		appendText(t, s, text)
	}
	rt := runtimeOver(t, s)
	for generation, kind := range map[uint64]fault.Kind{
		0: fault.NotFound, 2: fault.CorruptConfig, 3: fault.CorruptConfig, 9: fault.NotFound,
	} {
		if _, err := revert(t, rt, generation); !fault.Is(err, kind) {
			t.Errorf("generation %d: got %v, want %s", generation, err, kind)
		}
	}
	appendText(t, s, "[rest\n")
	if _, err := revert(t, rt, 4); !fault.Is(err, fault.CorruptConfig) {
		t.Errorf("over a broken text: got %v", err)
	}
}

// TestRevert_newMistake checks that a mistake which neither configuration had
// refuses the write: what came later needs the change that would be undone.
func TestRevert_newMistake(t *testing.T) {
	const custom = "[models.mine]\nprovider = \"openai\"\n"
	s := newStore()
	for _, text := range []string{custom, "", "[self_hosted.servers.s]\nbase_url = \"http://s\"\n[self_hosted.models.mine]\nserver = \"s\"\n"} {
		appendText(t, s, text)
	}
	_, err := revert(t, runtimeOver(t, s), 2)
	if !fault.Is(err, fault.InvalidConfig) || !strings.Contains(err.Error(), "mine") {
		t.Errorf("got %v, want invalid_config about the model of two sections", err)
	}
}

// TestRevert_laterWorkStays makes many changes to a commented text and undoes
// generations at random. Each undo is compared key by key: what the generation
// changed is as before, and every other key and every later comment is as it was.
func TestRevert_laterWorkStays(t *testing.T) {
	const base = "# who edits this\n[rest]\n# the door\nport = 1 # one\n\n[agent]\nmodel = \"m\" # cheap\n\n[compaction]\nauto_compact_threshold = 5\n"
	model := meerkat.New()
	for seed := range uint64(25) {
		random := rand.New(rand.NewPCG(seed, 7))
		s := storeHolding(t, base)
		rt := runtimeWith(t, model, s)
		keys := [][]string{
			{"rest", "port"}, {"rest", "host"}, {"agent", "model"}, {"agent", "temperature"}, {"agent", "max_turns"},
			{"retry", "max_retries"}, {"retry", "multiplier"}, {"compaction", "auto_compact_threshold"}, {"models", "openai"}, {"models", "gemini"},
		}
		for range 14 {
			patch := tree.Object{}
			for range 1 + random.IntN(2) {
				k := keys[random.IntN(len(keys))]
				section, _ := patch[k[0]].(tree.Object)
				if section == nil {
					section = tree.Object{}
				}
				section[k[1]] = valueFor(random, k[1])
				patch[k[0]] = section
			}
			if random.IntN(5) == 0 {
				patch = tree.Object{keys[random.IntN(len(keys))][0]: nil}
			}
			if _, err := rt.Patch(t.Context(), patch, runtime.Write{}); err != nil {
				t.Fatal(err)
			}
			newest := get(t, rt).Version.Generation
			if newest < 3 || random.IntN(3) > 0 {
				continue
			}
			checkRevert(t, rt, model, 2+random.Uint64N(newest-1))
		}
	}
}

func valueFor(random *rand.Rand, key string) any {
	switch key {
	case "host", "model", "openai", "gemini":
		return fmt.Sprintf("v%d", random.IntN(4))
	case "temperature", "multiplier":
		return 1 + float64(random.IntN(4))/4
	}
	return int64(1 + random.IntN(4))
}

// checkRevert undoes a generation, leaves out what is in the way, and checks every
// key of the result.
func checkRevert(t *testing.T, rt *runtime.Runtime, model runtime.Model, generation uint64) {
	t.Helper()
	revision, err := rt.Revision(t.Context(), generation)
	if err != nil {
		t.Fatal(err)
	}
	parent, err := rt.Revision(t.Context(), revision.Record.Parent.Generation)
	if err != nil {
		t.Fatal(err)
	}
	now := get(t, rt).Stored()
	outcome, err := revert(t, rt, generation)
	var c *runtime.Conflict
	var except []string
	if errors.As(err, &c) {
		for _, p := range c.Overlaps {
			except = append(except, p.String())
		}
		outcome, err = revert(t, rt, generation, except...)
	}
	if err != nil {
		t.Fatalf("generation %d, without %v: %v", generation, except, err)
	}
	was, became, is := flat(parent.Snapshot.Stored()), flat(revision.Snapshot.Stored()), flat(now)
	got := flat(outcome.After.Stored())
	for _, key := range slices.Concat(keysOf(was), keysOf(became), keysOf(is), keysOf(got)) {
		want := is[key]
		if was[key] != became[key] && !slices.Contains(except, key) {
			want = was[key]
		}
		if got[key] != want {
			t.Fatalf("generation %d, without %v: %s is %v, want %v\nbefore %v\nafter %v\nnow %v", generation, except, key, got[key], want, was, became, is)
		}
	}
}

// flat returns the leaves of a configuration of two levels.
func flat(o tree.Object) map[string]any {
	leaves := make(map[string]any)
	for section, v := range o {
		for name, leaf := range v.(tree.Object) {
			leaves["/"+section+"/"+name] = leaf
		}
	}
	return leaves
}

func keysOf(m map[string]any) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	return keys
}
