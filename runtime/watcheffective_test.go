package runtime_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/runtime"
	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
)

// memoryFamily is a store of the realm team whose relatives are stores in memory.
type memoryFamily struct {
	family
	others map[string]*memory.Store
}

func newMemoryFamily(t *testing.T, team string, others map[string]string) *memoryFamily {
	t.Helper()
	f := &memoryFamily{family: *newFamily(t, team, nil), others: map[string]*memory.Store{}}
	for _, realm := range []string{"org", "corp", "global"} {
		f.others[realm] = memory.New()
		if text := others[realm]; text != "" {
			appendText(t, f.others[realm], text)
		}
	}
	return f
}

func (f *memoryFamily) Relative(realm string) (store.Relative, error) { return f.others[realm], nil }

// TestWatchEffective tells each change of what programs run with once, with the
// realms that it came from, and no change that has no effect.
func TestWatchEffective(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newMemoryFamily(t, teamText, map[string]string{"org": orgText, "global": globalText})
		rt := runtimeOver(t, f)
		ctx, cancel := context.WithCancel(t.Context())
		var events []string
		done := make(chan error)
		first := effective(t, rt)
		go func() {
			done <- rt.WatchEffective(ctx, first, func(e *runtime.EffectiveEvent) {
				line := fmt.Sprint(e.Opaque, e.Realms)
				for _, c := range e.Changes {
					line += " " + c.Path.String()
				}
				if e.Refusal != nil {
					line += " refused"
				}
				events = append(events, line)
			})
		}()
		want := func(what string, lines ...string) {
			t.Helper()
			time.Sleep(time.Minute)
			synctest.Wait()
			if !slices.Equal(events, lines) {
				t.Errorf("%s: got %q, want %q", what, events, lines)
			}
			events = nil
		}
		want("nothing has changed")
		appendText(t, f.others["global"], "[realm.global]\n[agent]\nmodel='g'\nsystem_prompt='q'\n")
		want("the prompt of global", "false [{global 1 2}] /agent/system_prompt")
		appendText(t, f.others["org"], orgText+"# a comment\n")
		want("a comment of org")
		appendText(t, f.others["org"], "[realm.org]\nparent='corp'\n[rest]\nhost='h'\n[agent]\nmodel='o'\n")
		want("a parent of org without its table", "true [{org 2 3}] refused")
		appendText(t, f.others["corp"], "[realm.corp]\n[agent]\ntool_instructions='c'\n")
		want("its table", "true [{org 2 3} {corp 0 1}] /agent/tool_instructions /realm/corp /realm/org/parent")
		appendText(t, f.others["corp"], "[realm.corp]\n[agent]\ntool_instructions='d'\n")
		want("a change of the new parent", "false [{corp 1 2}] /agent/tool_instructions")
		appendText(t, f.Store, "[realm.team]\nparent='global'\n[rest]\nport=9\n")
		want("another parent of the realm", "false [{team 1 2} {org 3 0} {corp 2 0}] /agent/model /agent/tool_instructions /realm/corp /realm/org/parent /realm/team/parent")
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
