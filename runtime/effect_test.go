package runtime_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/schema"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// preview returns the comparison of a dry run of a patch.
func preview(t *testing.T, rt *runtime.Runtime, patch string) *runtime.Comparison {
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
		if got := pathsOf(rt.NoEffect(t.Context(), preview(t, rt, tt.patch))); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.patch, got, tt.want)
		}
	}
	if got := newRuntime(t); len(got.NoEffect(t.Context(), preview(t, got, `{"agent":{"max_turns":3}}`))) > 0 {
		t.Error("a configuration that inherits from no other has values without effect")
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
		return func() { rt.NoEffect(t.Context(), &outcome.Comparison) }
	})
}

// TestEffects returns the changes in the realm itself and in those that inherit from
// it, and not those in others.
func TestEffects(t *testing.T) {
	rt := runtimeOver(t, newFamily(t, "[realm.team]\n[rest]\nport=1\n", map[string]string{
		"app":    "[realm.app]\nparent='team'\n[agent]\nmodel='m'\n",
		"shop":   "[realm.shop]\nparent='app'\n[rest]\nhost='s'\n",
		"other":  "[realm.other]\n",
		"broken": "[realm.broken\n",
		"global": "[realm.global]\n",
	}))
	effects, err := rt.Effects(t.Context(), preview(t, rt, `{"rest":{"port":2},"shell":{"program":"sh"}}`))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, e := range effects {
		for _, c := range e.Changes {
			got[e.Realm] = append(got[e.Realm], c.Path.String())
		}
		if e.Refusal != nil {
			t.Errorf("%s: %v", e.Realm, e.Refusal)
		}
	}
	for realm, want := range map[string][]string{
		"team": {"/rest/port", "/shell/program"}, "app": {"/rest/port", "/shell/program"}, "shop": {"/shell/program"}, "other": nil,
	} {
		if !slices.Equal(got[realm], want) {
			t.Errorf("%s: got changes at %v, want %v", realm, got[realm], want)
		}
	}
	if len(effects) != 3 || effects[0].Realm != "team" {
		t.Errorf("got the effects %+v, want those on team, app and shop", effects)
	}
}

// TestEffects_refusal says that a realm cannot be composed any more.
func TestEffects_refusal(t *testing.T) {
	rt := runtimeOver(t, newFamily(t, "[realm.team]\n", map[string]string{"app": "[realm.app]\nparent='team'\n"}))
	effects, err := rt.Effects(t.Context(), preview(t, rt, `{"realm":{"team":{"parent":"nope"}}}`))
	if err != nil || len(effects) != 2 || !fault.Is(effects[0].Refusal, fault.InvalidConfig) || !fault.Is(effects[1].Refusal, fault.InvalidConfig) {
		t.Errorf("got %+v, %v, want refusals of team and app", effects, err)
	}
}
