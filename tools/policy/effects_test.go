package policy_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// effectOf returns an effect on a realm: each change is "op place old new", the values
// as JSON without spaces, and "-" for none.
func effectOf(t *testing.T, realm string, changes ...string) runtime.Effect {
	t.Helper()
	e := runtime.Effect{Realm: realm}
	for _, text := range changes {
		words := strings.Split(text, " ")
		c := tree.Change{Op: words[0], Path: pointers(t, words[1])[0]}
		for i, to := range []*any{&c.Old, &c.New} {
			if words[2+i] != "-" {
				*to = object(t, `{"v":`+words[2+i]+`}`)["v"]
			}
		}
		if c.Op != "replace" {
			c.Default, c.HasDefault = meerkat.New().Default(c.Path)
		}
		e.Changes, e.Exact, e.Sources = append(e.Changes, c), append(e.Exact, c), append(e.Sources, nil)
	}
	return e
}

// from says that the changes of an effect come from places of the written realm.
func from(t *testing.T, e runtime.Effect, places ...string) runtime.Effect {
	t.Helper()
	e.Sources = nil
	for _, place := range places {
		e.Sources = append(e.Sources, pointers(t, place)...)
	}
	return e
}

// withEffects returns a call with the given effects.
func withEffects(call policy.Call, effects ...runtime.Effect) policy.Call {
	call.Effects = func(context.Context, *runtime.Comparison) ([]runtime.Effect, error) { return effects, nil }
	return call
}

const (
	resetHost = `replace /rest/host "0.0.0.0" "127.0.0.1"`
	warmer    = `replace /agent/temperature 0.2 0.5`
)

// TestReview_effects holds a change that touches no place with a risk class itself for
// the classes of its effects.
func TestReview_effects(t *testing.T) {
	warm := `{"agent":{"temperature":0.5}}`
	for name, tt := range map[string]struct {
		patch, allow string
		effects      []runtime.Effect
		want         []string
	}{
		"on the realm itself": {warm, "", []runtime.Effect{effectOf(t, "team", resetHost, warmer)}, []string{"replace /rest/host network"}},
		"on two others":       {warm, "", []runtime.Effect{effectOf(t, "team", warmer), effectOf(t, "app", resetHost), effectOf(t, "web", resetHost)}, []string{"replace /rest/host network"}},
		"without a class":     {warm, "", []runtime.Effect{effectOf(t, "team", warmer), effectOf(t, "app", warmer)}, nil},
		"an allowed class":    {warm, "network", []runtime.Effect{effectOf(t, "app", resetHost)}, nil},
		"an allowed place":    {warm, "/rest/host", []runtime.Effect{effectOf(t, "app", resetHost)}, nil},
		"another place":       {warm, "/rest/port", []runtime.Effect{effectOf(t, "app", resetHost)}, []string{"replace /rest/host network"}},
		"an allowed place of the written realm": {`{"hooks":{"entries":[{"id":"x"}]}}`, "/hooks/entries", []runtime.Effect{
			from(t, effectOf(t, "app", `add /hooks/entries/3 - {"id":"x"}`), "/hooks/entries/0")}, nil},
		"the change itself, in the realm itself": {`{"rest":{"host":"h"}}`, "", []runtime.Effect{
			from(t, effectOf(t, "team", `replace /rest/host "127.0.0.1" "h"`), "/rest/host")}, []string{"add /rest/host network"}},
		"another old value than the file has": {`{"rest":{"host":"h"}}`, "", []runtime.Effect{
			from(t, effectOf(t, "team", `replace /rest/host "0.0.0.0" "h"`), "/rest/host")}, []string{"add /rest/host network", "replace /rest/host network"}},
		"the change itself, in another realm": {`{"rest":{"host":"h"}}`, "", []runtime.Effect{
			from(t, effectOf(t, "app", `replace /rest/host "127.0.0.1" "h"`), "/rest/host")}, []string{"add /rest/host network", "replace /rest/host network"}},
		"the change itself, at another index": {`{"hooks":{"entries":[{"id":"x"}]}}`, "", []runtime.Effect{
			from(t, effectOf(t, "team", `add /hooks/entries/3/id - "x"`), "/hooks/entries/0/id")}, []string{"add /hooks/entries/0/id posture"}},
		"an entry without its defaults": {warm, "", []runtime.Effect{effectOf(t, "app", `add /hooks/entries/0 - {"id":"x","priority":100,"timeout_ms":null}`)}, []string{"add /hooks/entries/0/id posture"}},
		"realms that are broken":        {warm, "", []runtime.Effect{{Realm: "app", Refusal: errors.New("x")}, {Realm: "web", WasRefused: true}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := realmIn(t, named{memory.New()}).judge(allow(t, tt.allow), withEffects(patch(t, tt.patch), tt.effects...))
			if got := fields(t, err); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestReview_effectsOnlyOfClasses computes no effects of a change in sections without
// a risk class.
func TestReview_effectsOnlyOfClasses(t *testing.T) {
	for text, want := range map[string]bool{
		`{"models":{"openai":"m"}}`:               true,
		`{"retry":{"max_retries":1}}`:             false,
		`{"rest":{"port":1}}`:                     true,
		`{"realm":{"team":{"parent":"org"}}}`:     true,
		`{"agent":{"temperature":0.5}}`:           true,
		`{"compaction":{"recent_turn_budget":9}}`: false,
	} {
		isComputed := false
		call := patch(t, text)
		call.Effects = func(context.Context, *runtime.Comparison) ([]runtime.Effect, error) {
			isComputed = true
			return nil, nil
		}
		_, _ = newRealm(t, "").judge(policy.Policy{}, call)
		if isComputed != want {
			t.Errorf("%s: computed %t, want %t", text, isComputed, want)
		}
	}
}

// TestReview_effectsFail refuses a change whose effects could not be computed.
func TestReview_effectsFail(t *testing.T) {
	call := patch(t, `{"rest":{"port":1}}`)
	call.Effects = func(context.Context, *runtime.Comparison) ([]runtime.Effect, error) { return nil, context.Canceled }
	if _, err := newRealm(t, "").judge(policy.Policy{}, call); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the error", err)
	}
}

// TestReview_effectsSubject: a yes is for the effects that the person was shown.
func TestReview_effectsSubject(t *testing.T) {
	asked := effectOf(t, "app", resetHost)
	hiddenChange := effectOf(t, "app", resetHost)
	hiddenChange.Exact = effectOf(t, "app", `replace /rest/host "0.0.0.0" "other"`).Exact
	for name, tt := range map[string]struct {
		now  []runtime.Effect
		want bool
	}{
		"the same effect":            {[]runtime.Effect{effectOf(t, "app", resetHost)}, true},
		"and one without a class":    {[]runtime.Effect{effectOf(t, "app", resetHost, warmer), effectOf(t, "web", warmer)}, true},
		"another old value":          {[]runtime.Effect{effectOf(t, "app", `replace /rest/host "1.1.1.1" "127.0.0.1"`)}, false},
		"on another realm":           {[]runtime.Effect{effectOf(t, "web", resetHost)}, false},
		"on another realm, too":      {[]runtime.Effect{asked, effectOf(t, "web", resetHost)}, false},
		"another secret":             {[]runtime.Effect{hiddenChange}, false},
		"a realm that is broken":     {[]runtime.Effect{asked, {Realm: "web", Refusal: errors.New("x")}}, false},
		"no effect any more":         {nil, true},
		"an effect on another place": {[]runtime.Effect{effectOf(t, "app", resetHost, `replace /comms/auth "ed25519" "none"`)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRealm(t, "")
			effects := []runtime.Effect{asked}
			call := patch(t, `{"agent":{"temperature":0.5}}`)
			call.Effects = func(context.Context, *runtime.Comparison) ([]runtime.Effect, error) { return effects, nil }
			review := policy.Policy{}.NewReview(meerkat.New(), call)
			draft := r.draft(call)
			_, err := review.Judge(t.Context(), draft)
			q, err := wantUnapproved(t, err).Question()
			if err != nil {
				t.Fatal(err)
			}
			review.Approve(q.Subject, store.Elicitation, "")
			effects = tt.now
			approval, err := review.Judge(t.Context(), draft)
			if isApproved := err == nil; isApproved != tt.want {
				t.Errorf("approved %t, want %t: %v", isApproved, tt.want, err)
			}
			if tt.want && len(tt.now) > 0 && (approval == nil || approval.By != "person" || !slices.Equal(approval.Fields, []string{"/rest/host"})) {
				t.Errorf("got the approval %+v", approval)
			}
		})
	}
}

// TestUnapproved_Question_effects names the realms and what their agents will run with.
func TestUnapproved_Question_effects(t *testing.T) {
	many := func(n int, change func(i int) string) (effects []runtime.Effect) {
		for i := range n {
			effects = append(effects, effectOf(t, fmt.Sprintf("app%d", i), change(i)))
		}
		return effects
	}
	long := `"` + strings.Repeat("x", 300) + `"`
	for name, tt := range map[string]struct {
		patch   string
		effects []runtime.Effect
		want    []string
	}{
		"two realms": {`{"agent":{"temperature":0.5}}`, []runtime.Effect{effectOf(t, "app", resetHost), effectOf(t, "web", resetHost, `add /comms/auth - "ed25519"`)}, []string{
			`in effect in realms app and web: /rest/host (reaches the network): "0.0.0.0" → "127.0.0.1"`,
			`in effect in realm web: /comms/auth (sets what agents may do): "none" (the default) → "ed25519"`,
			`/agent/temperature: (absent) → 0.5`,
		}},
		"many realms": {`{"agent":{"temperature":0.5}}`, many(30, func(int) string { return resetHost }), []string{
			`in effect in realms app0, app1, app2, app3, app4, app5, app6, app7, app8, app9, app10, app11, app12, app13, app14, app15, app16, app17, app18, app19 and 10 more: /rest/host (reaches the network): "0.0.0.0" → "127.0.0.1"`,
			`/agent/temperature: (absent) → 0.5`,
		}},
		"many old values": {`{"agent":{"temperature":0.5}}`, many(300, func(i int) string { return fmt.Sprintf(`replace /rest/host "h%d" "127.0.0.1"`, i) }), []string{
			`in effect in realms app0, app1, app2, app3, app4, app5, app6, app7, app8, app9, app10, app11, app12, app13, app14, app15, app16, app17, app18, app19 and 280 more: /rest/host (reaches the network): (various values) → "127.0.0.1"`,
			`/agent/temperature: (absent) → 0.5`,
		}},
		"secrets": {`{"agent":{"temperature":0.5}}`, []runtime.Effect{effectOf(t, "app",
			`replace /tools/mcp_servers/0/env/T "realmconf-secret:1:/a" "realmconf-secret:of-realm-org"`, `add /tools/mcp_servers/0/env/U - "realmconf-secret:not-stored-yet"`)}, []string{
			`in effect in realm app: /tools/mcp_servers/0/env/T (runs code, holds a secret): (a secret, not shown) → (a secret of realm org, not shown)`,
			`in effect in realm app: /tools/mcp_servers/0/env/U (runs code, holds a secret): (absent) → (a new secret, not shown)`,
			`/agent/temperature: (absent) → 0.5`,
		}},
		"a long value of the change": {`{"rest":{"host":` + long + `}}`, []runtime.Effect{from(t, effectOf(t, "app", `replace /rest/host "127.0.0.1" `+long), "/rest/host")}, []string{
			`/rest/host (reaches the network): "127.0.0.1" (the default) → "` + strings.Repeat("x", 120) + `" + (180 characters left out)`,
			`in effect in realm app: /rest/host (reaches the network): "127.0.0.1" → the value that /rest/host gets`,
		}},
		"very many realms": {`{"rest":{"host":"h"}}`, []runtime.Effect{{Refusal: fault.New(fault.TooLarge, "there are more"), WasRefused: true}}, []string{
			`/rest/host (reaches the network): "127.0.0.1" (the default) → "h"`,
			`the effect on other realms is not known: there are more`,
		}},
		"broken realms": {`{"rest":{"host":"h"}}`, []runtime.Effect{
			{Realm: "app", Refusal: fault.New(fault.InvalidConfig, "no\nparent")}, {Realm: "b c", Refusal: fault.New(fault.InvalidConfig, "x"), WasRefused: true}, {Realm: "web", WasRefused: true}}, []string{
			`/rest/host (reaches the network): "127.0.0.1" (the default) → "h"`,
			`realm app can run no agents any more: "no\nparent"`,
			`the effect on realm "b c" is not known: "x"`,
			`realm web, which could run no agents, can run them again`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			q, err := newRealm(t, "").question(policy.Policy{}, withEffects(patch(t, tt.patch), tt.effects...))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, strings.Split(q.Message, "\n• ")[2:]); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}

// TestUnapproved_effects describes the effects to a program: with their realms.
func TestUnapproved_effects(t *testing.T) {
	call := withEffects(patch(t, `{"agent":{"temperature":0.5}}`), effectOf(t, "app", resetHost), effectOf(t, "web", resetHost))
	_, err := newRealm(t, "").judge(policy.Policy{}, call)
	f := fault.Of(err)
	if want := "the effect on /rest/host (reaches the network) in realms app and web needs a person's yes"; !strings.HasPrefix(f.Message, want) {
		t.Errorf("got %q, want %q…", f.Message, want)
	}
	if got, want := string(tree.Append(nil, f.Data["fields"])), `[{"new":"127.0.0.1","old":"0.0.0.0","op":"replace","path":"/rest/host","realms":["app","web"],"risk":["network"]}]`; got != want {
		t.Errorf("got the fields %s, want %s", got, want)
	}
	if got, want := string(tree.Append(nil, f.Data["allow"])), `["/rest/host","network"]`; got != want {
		t.Errorf("got the allowance %s, want %s", got, want)
	}
}

// TestUnapproved_effectsAllow advises to allow a place once, and not at each place that
// it has in other realms.
func TestUnapproved_effectsAllow(t *testing.T) {
	call := withEffects(patch(t, `{"hooks":{"entries":[{"id":"x"}]}}`),
		from(t, effectOf(t, "app", `add /hooks/entries/3/id - "x"`), "/hooks/entries/0/id"), effectOf(t, "web", resetHost))
	_, err := realmIn(t, named{memory.New()}).judge(policy.Policy{}, call)
	if got, want := string(tree.Append(nil, fault.Of(err).Data["allow"])), `["/hooks/entries","/rest/host","network","posture"]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// named is a store of the realm team.
type named struct{ store.Store }

func (n named) Metadata() store.Metadata {
	m, id := n.Store.Metadata(), "team"
	m.RealmID = &id
	return m
}

// TestUnapproved_Question_cutEffects: a question that leaves realms out does not show
// all, and its proposal names them.
func TestUnapproved_Question_cutEffects(t *testing.T) {
	for _, tt := range []struct {
		realms   int
		unknown  bool
		showsAll bool
	}{{20, false, true}, {21, false, false}, {10, true, true}, {11, true, false}} {
		effects := []runtime.Effect{effectOf(t, "team", resetHost)}
		for i := range tt.realms {
			e := effectOf(t, fmt.Sprintf("r%02d", i), `replace /shell/program "nu" "sh"`)
			if tt.unknown {
				e = runtime.Effect{Realm: e.Realm, Refusal: fault.New(fault.CorruptConfig, "x")}
			}
			effects = append(effects, e)
		}
		_, err := realmIn(t, named{memory.New()}).judge(policy.Policy{}, withEffects(patch(t, `{"agent":{"temperature":0.5}}`), effects...))
		q, err := wantUnapproved(t, err).Question()
		if err != nil {
			t.Fatal(err)
		}
		last := fmt.Sprintf("r%02d", tt.realms-1)
		if q.ShowsAll != tt.showsAll || strings.Contains(q.Message, last) != tt.showsAll || !strings.Contains(string(tree.Append(nil, q.Proposal.Tree())), last) {
			t.Errorf("%d realms, unknown: %t: shows all: %t, want %t\n%s", tt.realms, tt.unknown, q.ShowsAll, tt.showsAll, q.Message)
		}
	}
}
