package runtime_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// preview returns the comparison of a dry run of a patch.
func preview(t testing.TB, rt *runtime.Runtime, patch string) *runtime.Comparison {
	t.Helper()
	o, err := tree.DecodeObject([]byte(patch))
	if err != nil {
		t.Fatal(err)
	}
	outcome, err := rt.Patch(t.Context(), o, runtime.Write{DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	return &outcome.Comparison
}

func pathsOf(issues []schema.Issue) []string {
	var paths []string
	for _, i := range issues {
		paths = append(paths, i.Path)
	}
	return paths
}

// TestNoEffect returns what a change makes ineffective, and what was ineffective in
// the sections that it touches.
func TestNoEffect(t *testing.T) {
	rt := runtimeOver(t, newFamily(t, "[realm.team]\nparent='org'\n[shell]\nprogram='zsh'\n[comms]\nmode='tcp'\n[agent]\nmax_turns=3\n", map[string]string{
		"org":    "[realm.org]\n[rest]\nhost='h'\n[comms]\nauth='ed25519'\n",
		"shop":   "[realm.shop]\n[realm.org]\n[shell]\ntimeout_secs=9\n",
		"global": "[realm.global]\n[hooks]\ndefault_timeout_ms=9000\n",
	}))
	for _, tt := range []struct {
		patch string
		want  []string
	}{
		{`{"rest":{"port":9}}`, []string{"/rest/host"}},
		{`{"rest":{"port":9,"host":"h"}}`, nil},
		{`{"comms":{"mode":"uds"}}`, []string{"/comms/auth"}},
		{`{"agent":{"temperature":0.2}}`, []string{"/agent/max_turns", "/agent/temperature"}},
		{`{"hooks":{"default_timeout_ms":5000}}`, []string{"/hooks/default_timeout_ms"}},
		{`{"retry":{"max_retries":9}}`, nil},
		{`{"realm":{"team":{"parent":"global"}}}`, nil},
		{`{"realm":{"team":{"parent":"shop"}}}`, []string{"/shell/timeout_secs"}},
	} {
		issues, err := rt.NoEffect(t.Context(), preview(t, rt, tt.patch))
		if got := pathsOf(issues); err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, %v, want %v", tt.patch, got, err, tt.want)
		}
	}
	if _, err := rt.NoEffect(t.Context(), preview(t, rt, `{"realm":{"team":{"parent":"nope"}}}`)); !fault.Is(err, fault.InvalidConfig) {
		t.Errorf("a parent that does not exist: got %v, want invalid_config", err)
	}
	alone := newRuntime(t)
	if issues, err := alone.NoEffect(t.Context(), preview(t, alone, `{"agent":{"max_turns":3}}`)); len(issues) > 0 || err != nil {
		t.Errorf("a configuration that inherits from no other has values without effect: %v, %v", issues, err)
	}
}

// TestNoEffect_growth looks at a change of many keys of the root.
func TestNoEffect_growth(t *testing.T) {
	treetest.CheckGrowth(t, func(n int) func() {
		var team strings.Builder
		for i := range n {
			fmt.Fprintf(&team, "k%d=1\n", i)
		}
		rt := runtimeOver(t, newFamily(t, team.String()+"[realm.team]\nparent='org'\n", map[string]string{"org": "[realm.org]\n"}))
		outcome, err := rt.Set(t.Context(), tree.Object{"rest": tree.Object{"port": int64(9)}}, runtime.Write{DryRun: true})
		if err != nil {
			t.Fatal(err)
		}
		return func() { _, _ = rt.NoEffect(t.Context(), &outcome.Comparison) }
	})
}

// effectsOf returns the effects of a patch, one line for each change: the realm, and
// the place or the reason why there is none.
func effectsOf(t testing.TB, f *family, patch string) (lines []string, effects []runtime.Effect) {
	t.Helper()
	rt := runtimeOver(t, f)
	effects, err := rt.Effects(t.Context(), preview(t, rt, patch))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range effects {
		for _, c := range e.Changes {
			lines = append(lines, e.Realm+" "+c.Path.String())
		}
		switch {
		case e.WasRefused && e.Refusal != nil:
			lines = append(lines, e.Realm+" cannot be composed")
		case e.WasRefused:
			lines = append(lines, e.Realm+" can be composed again")
		case e.Refusal != nil:
			lines = append(lines, e.Realm+" cannot be composed any more")
		}
	}
	return lines, effects
}

// TestEffects finds the changes in the realm itself and in those that inherit from
// it, before or after the change, and no other ones.
func TestEffects(t *testing.T) {
	for name, tt := range map[string]struct {
		team   string
		others map[string]string
		patch  string
		want   []string
	}{
		"by the chain": {"[realm.team]\n[rest]\nport=1\n", map[string]string{
			"app":    "[realm.app]\nparent='team'\n[agent]\nmodel='m'\n",
			"shop":   "[realm.shop]\nparent='app'\n[rest]\nhost='s'\n",
			"other":  "[realm.other]\n",
			"global": "[realm.global]\n",
		}, `{"rest":{"port":2},"shell":{"program":"sh"}}`, []string{
			"team /rest/port", "team /shell/program", "app /rest/port", "app /shell/program", "shop /shell/program",
		}},
		"a parent's value that is reset": {"[realm.team]\nparent='org'\n", map[string]string{
			"org": "[realm.org]\n[rest]\nhost='0.0.0.0'\n",
		}, `{"rest":{"port":2}}`, []string{"team /rest/host", "team /rest/port"}},
		"a parent's value that comes through": {"[realm.team]\nparent='org'\n[comms]\nauth='none'\n", map[string]string{
			"org": "[realm.org]\n[comms]\nauth='ed25519'\n",
		}, `{"comms":{"auth":null}}`, []string{}},
		"a parent that only another document gives": {"[realm.team]\n[rest]\nport=2\n", map[string]string{
			"app": "[realm.app]\nparent='mid'\n", "mid": "[realm.mid]\n[realm.app]\nparent='mid'\n", "other": "[realm.other]\n",
		}, `{"realm":{"mid":{"parent":"team"}}}`, []string{"team /realm/mid/parent"}},
		"a child whose parent gets its section": {"[rest]\nport=2\n", map[string]string{
			"app": "[realm.app]\nparent='team'\n",
		}, `{"realm":{"team":{"auth":{}}}}`, []string{"team /realm/team/auth", "app can be composed again"}},
		"a child that is cut off": {"[realm.team]\n", map[string]string{
			"app": "[realm.app]\nparent='team'\n", "shop": "[realm.shop]\nparent='app'\n",
		}, `{"realm":{"team":null}}`, []string{"team /realm/team", "app cannot be composed any more", "shop cannot be composed any more"}},
		"a parent that does not exist": {"[realm.team]\n", map[string]string{
			"app": "[realm.app]\nparent='team'\n",
		}, `{"realm":{"team":{"parent":"nope"}}}`, []string{"team cannot be composed any more", "app cannot be composed any more"}},
		"a cycle made by the change": {"[realm.team]\n", map[string]string{
			"app": "[realm.app]\nparent='team'\n",
		}, `{"realm":{"team":{"parent":"app"}}}`, []string{"team cannot be composed any more", "app cannot be composed any more"}},
		"children that are broken": {"[realm.team]\n", map[string]string{
			"app":    "[realm.app]\nparent='team'\n",
			"lost":   "[realm.lost]\nparent='nowhere'\n",
			"noTOML": "[realm.noTOML\n",
			"typed":  "[realm.typed]\nparent='team'\n[rest]\nport='x'\n",
			"under":  "[realm.under]\nparent='typed'\n",
		}, `{"rest":{"port":2}}`, []string{"team /rest/port", "app /rest/port", "noTOML cannot be composed", "typed cannot be composed", "under cannot be composed"}},
		"sections without an effect": {"[realm.team]\n", map[string]string{
			"app": "[realm.app]\nparent='team'\n",
		}, `{"agent":{"temperature":0.5}}`, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			lines, effects := effectsOf(t, newFamily(t, tt.team, tt.others), tt.patch)
			if !slices.Equal(lines, tt.want) {
				t.Errorf("got %q, want %q", lines, tt.want)
			}
			if effects[0].Realm != "team" {
				t.Errorf("the first effect is on %s", effects[0].Realm)
			}
		})
	}
}

// TestEffects_global finds the realms that begin to inherit from the realm global.
func TestEffects_global(t *testing.T) {
	f := newFamily(t, "[rest]\nport=2\n", map[string]string{"app": "[realm.app]\n", "shop": "[realm.shop]\n[rest]\nport=3\n"})
	f.realm = "global"
	lines, _ := effectsOf(t, f, `{"realm":{"global":{"auth":{}}}}`)
	if want := []string{"global /realm/global/auth", "app /realm/global/auth", "app /rest/port", "shop /realm/global/auth"}; !slices.Equal(lines, want) {
		t.Errorf("got %q, want %q", lines, want)
	}
}

// TestEffects_sources says for each change whether the changed realm has the value.
func TestEffects_sources(t *testing.T) {
	f := newFamily(t, "[realm.team]\nparent='org'\n[[hooks.entries]]\nid='a'\n[comms]\nmode='tcp'\n", map[string]string{
		"org": "[realm.org]\n[[hooks.entries]]\nid='b'\n[comms]\naddress='h:1'\n",
	})
	_, effects := effectsOf(t, f, `{"hooks":{"entries":[{"id":"a","priority":5}]},"comms":null}`)
	got := map[string]string{}
	for i, c := range effects[0].Changes {
		got[c.Path.String()] = effects[0].Sources[i].String()
	}
	want := map[string]string{"/hooks/entries/1/priority": "/hooks/entries/0/priority", "/comms/address": "", "/comms/mode": ""}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestEffects_secrets masks the secrets of all realms, and knows that one changed.
func TestEffects_secrets(t *testing.T) {
	server := func(env string) string { return "[[tools.mcp_servers]]\nname='git'\ncommand='git-mcp'\n" + env }
	f := newFamily(t, "[realm.team]\nparent='org'\n"+server("env={T='own'}\n"), map[string]string{
		"org": "[realm.org]\n" + server("env={T='canary-inherited'}\n"),
		"app": "[realm.app]\nparent='team'\n",
	})
	_, effects := effectsOf(t, f, `{"tools":{"mcp_servers":null}}`)
	if len(effects) != 2 {
		t.Fatalf("got the effects %+v, want those on team and app", effects)
	}
	for _, e := range effects {
		shown := string(tree.Append(nil, e.Changes))
		if strings.Contains(shown, "canary") || strings.Contains(shown, "own") || !strings.Contains(shown, "realmconf-secret:of-realm-org") {
			t.Errorf("%s: got %s", e.Realm, shown)
		}
		if exact := string(tree.Append(nil, e.Exact)); !strings.Contains(exact, "canary") {
			t.Errorf("%s: the exact changes are %s", e.Realm, exact)
		}
	}
}

// TestEffects_secretRoutes: a parent has the credentials that go to the address that a
// realm changes.
func TestEffects_secretRoutes(t *testing.T) {
	const credentials = "[realm.org.backend.b]\nprovider='self_hosted'\nbackend_kind='self_hosted'\nserver='near'\n" +
		"[realm.org.auth.a]\nprovider='self_hosted'\nauth_method='api_key'\nsource={kind='inline_secret',secret='s'}\n" +
		"[realm.org.binding.main]\nbackend_profile='b'\nauth_profile='a'\n"
	f := newFamily(t, "[realm.team]\nparent='org'\n", map[string]string{"org": credentials})
	_, effects := effectsOf(t, f, `{"self_hosted":{"servers":{"near":{"base_url":"http://evil"}}}}`)
	isBaseURL := func(r schema.SecretRoute) bool { return r.At.String() == "/self_hosted/servers/near/base_url" }
	if len(effects) != 1 || slices.ContainsFunc(effects[0].RoutesBefore, isBaseURL) || !slices.ContainsFunc(effects[0].RoutesAfter, isBaseURL) {
		t.Errorf("got %+v", effects)
	}
}

// TestEffects_changedMeanwhile composes a realm again if a configuration changes
// between two of its readings.
func TestEffects_changedMeanwhile(t *testing.T) {
	f := newFamily(t, "[realm.team]\n", map[string]string{"app": "[realm.app]\nparent='team'\n[rest]\nhost='a'\n", "global": "[realm.global]\n"})
	app := f.relatives["app"]
	app.onRead = func() {
		app.onRead = nil
		app.set("[realm.app]\nparent='team'\n")
	}
	if lines, _ := effectsOf(t, f, `{"rest":{"port":2}}`); !slices.Equal(lines, []string{"team /rest/port", "app /rest/port"}) {
		t.Errorf("got %q, want the effect on what app has now", lines)
	}
}

// TestEffects_moreRealms tells that there are realms that were not looked at.
func TestEffects_moreRealms(t *testing.T) {
	f := newFamily(t, "[realm.team]\n", map[string]string{"app": "[realm.app]\nparent='team'\n"})
	f.more = true
	for patch, want := range map[string]bool{`{"rest":{"port":2}}`: true, `{}`: false} {
		_, effects := effectsOf(t, f, patch)
		last := effects[len(effects)-1]
		if isMore := last.Realm == "" && last.WasRefused && fault.Is(last.Refusal, fault.TooLarge); isMore != want {
			t.Errorf("%s: the last effect is %+v; says that there are more: %v, want %v", patch, last, isMore, want)
		}
	}
}

// TestEffects_budget names the realms that are too many to be looked at.
func TestEffects_budget(t *testing.T) {
	others := map[string]string{}
	for n := range 20 {
		others[fmt.Sprintf("app%02d", n)] = "[realm.app]\nparent='team'\n#" + strings.Repeat("x", 1<<20-100)
	}
	_, effects := effectsOf(t, newFamily(t, "[realm.team]\n", others), `{"rest":{"port":2}}`)
	if last := effects[len(effects)-1]; len(effects) < 10 || last.Realm != "app19" || !fault.Is(last.Refusal, fault.TooLarge) || !last.WasRefused {
		t.Errorf("got %d effects, the last one %+v", len(effects), last)
	}
}

// TestRelatedEffects looks at no other configuration if there is none.
func TestRelatedEffects(t *testing.T) {
	f := newFamily(t, "[realm.team]\n", nil)
	rt := runtimeOver(t, f)
	if effects, err := rt.RelatedEffects(t.Context(), preview(t, rt, `{"rest":{"port":2}}`)); err != nil || len(effects) > 0 {
		t.Errorf("got %+v, %v, want nothing", effects, err)
	}
	if f.relatives["global"] != nil && f.relatives["global"].observed > 0 {
		t.Error("global was looked at")
	}
	f.relatives["app"] = &relative{}
	f.relatives["app"].set("[realm.app]\nparent='team'\n")
	if effects, err := rt.RelatedEffects(t.Context(), preview(t, rt, `{"rest":{"port":2}}`)); err != nil || len(effects) != 2 {
		t.Errorf("got %+v, %v, want the effects on team and app", effects, err)
	}
	if effects, err := newRuntime(t).RelatedEffects(t.Context(), &runtime.Comparison{}); err != nil || effects != nil {
		t.Errorf("a configuration that inherits from no other: got %+v, %v", effects, err)
	}
}

// TestBeside names the other configurations to the write that makes one, unless its
// name was generated.
func TestBeside(t *testing.T) {
	others := map[string]string{"prod": "[realm.prod]\n", "dev": "[realm.dev]\n"}
	for name, tt := range map[string]struct {
		store store.Store
		patch string
		want  []string
	}{
		"new":            {newFamily(t, "", others), `{"rest":{"port":1}}`, []string{"dev", "prod"}},
		"no change":      {newFamily(t, "", others), `{}`, nil},
		"there already":  {newFamily(t, "[rest]\nport=2\n", others), `{"rest":{"port":1}}`, nil},
		"no other":       {newFamily(t, "", nil), `{"rest":{"port":1}}`, []string{}},
		"generated name": {generated{newFamily(t, "", others)}, `{"rest":{"port":1}}`, nil},
		"no family":      {newStore(), `{"rest":{"port":1}}`, nil},
	} {
		rt := runtimeOver(t, tt.store)
		if got := rt.Beside(t.Context(), preview(t, rt, tt.patch)); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}

// generated is a family whose name was generated.
type generated struct{ *family }

func (generated) IsGenerated() bool { return true }

// TestEffects_cost reads each of many children once, and looks once more whether it is
// still the same. The realms above are parsed once for all.
func TestEffects_cost(t *testing.T) {
	const children = 300
	others := map[string]string{"org": "[realm.org]\n", "other": "[realm.other]\n"}
	for i := range children {
		others[fmt.Sprintf("app%d", i)] = fmt.Sprintf("[realm.app%d]\nparent='team'\n", i)
	}
	f := newFamily(t, "[realm.team]\nparent='org'\n", others)
	lines, _ := effectsOf(t, f, `{"rest":{"host":"h"}}`)
	if len(lines) != children+1 {
		t.Errorf("got %d effects, want one on each child and on team", len(lines))
	}
	for name, r := range f.relatives {
		most := 2
		if name == "org" || name == "global" { // for the check of each child
			most = children + 4
		}
		if r.observed > most {
			t.Errorf("%s was looked at %d times, want at most %d", name, r.observed, most)
		}
	}
}
