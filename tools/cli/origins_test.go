package cli

import (
	"context"
	"os"
	"strings"
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
	"realmconf/schema/meerkat"
	"realmconf/tools"
	"realmconf/tools/policy"
)

// family is a store of the realm team, which inherits from global.
type family struct {
	*memory.Store
	realm  string
	global *memory.Store
}

func (f *family) Metadata() store.Metadata { return store.Metadata{RealmID: &f.realm} }

func (f *family) Relative(id string) (store.Relative, error) {
	if id == "global" {
		return f.global, nil
	}
	return memory.New(), nil
}

func (f *family) Names(context.Context) ([]string, bool, error) {
	return []string{"global", "team"}, false, nil
}

// newFamilyShell returns a shell over two realms, and the store of global.
func newFamilyShell(t *testing.T, terminal Terminal, team, global string) (*shell, *memory.Store) {
	t.Helper()
	sh := newShell(t, terminal)
	f := &family{Store: sh.store, realm: "team", global: memory.New()}
	sh.writeText(team)
	sh.store = f.global
	sh.writeText(global)
	sh.store = f.Store
	model := meerkat.New()
	sh.session.Runtime = runtime.New(func(context.Context) (store.Store, error) { return f, nil }, model)
	t.Cleanup(sh.session.Runtime.Close)
	sh.session.Operations = tools.New(sh.session.Runtime, model, policy.Policy{})
	return sh, f.global
}

// TestGet_originsInReadme runs the example of the README.
func TestGet_originsInReadme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(text), "\n$ realmconf get /rest --effective --origins --realm team\n")
	example, _, found := strings.Cut(example, "```")
	if !found {
		t.Fatal("the README has no example")
	}
	sh, _ := newFamilyShell(t, Terminal{Interactive: true, Width: 100}, "[rest]\nport = 9000\n", "[realm.global]\n[rest]\nhost = \"0.0.0.0\"\nport = 80\n")
	if code := sh.run("get", "/rest", "--effective", "--origins"); code != 0 || sh.out.String()+sh.stderr.String() != example {
		t.Errorf("exit %d\n got %s%s\nwant %s", code, sh.out.String(), sh.stderr.String(), example)
	}
}

// TestGet_origins prints the same values in every form.
func TestGet_origins(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{"get /shell/program --effective --origins", `[{"path":"/shell/program","realm":"global","value":"nu2"}]` + "\n"},
		{"get /agent/max_turns --effective --origins --json", `[{"because":"Meerkat never carries this key into what it runs with","default":true,"path":"/agent/max_turns","value":null}]` + "\n"},
		{"get /shell/program --effective", "\"nu2\"\n"},
		{"get /shell/program --effective -r", "nu2\n"},
	} {
		sh, _ := newFamilyShell(t, Terminal{}, "[agent]\nmax_turns = 3\n", "[realm.global]\n[shell]\nprogram = \"nu2\"\n")
		sh.wantRun(0, tt.want, strings.Fields(tt.line)...)
	}
	for _, line := range []string{"get --origins", "get --effective --stored", "get --effective --origins -r", "get --effective --origins --with-generation"} {
		sh, _ := newFamilyShell(t, Terminal{}, "", "")
		sh.wantRun(2, "", strings.Fields(line)...)
	}
}

// TestWrite_effects prints what a change means for the realms, whether they can be
// composed or not.
func TestWrite_effects(t *testing.T) {
	sh, global := newFamilyShell(t, Terminal{Interactive: true, Width: 200}, "[realm.team]\n", "[realm.global]\n[rest]\nhost = \"h\"\n")
	effects := func(patch string) string {
		t.Helper()
		if code := sh.run("patch", patch, "--dry-run", "--effective"); code != ExitDone {
			t.Fatalf("exit %d: %s", code, sh.stderr.String())
		}
		_, text, _ := strings.Cut(sh.out.String(), "\n\n")
		return text
	}
	for patch, want := range map[string]string{
		`{"rest":{"port":9}}`:                     "--- agents of team now\n+++ agents of team afterwards\n-/rest/host = \"h\"\n",
		`{"agent":{"temperature":0.5}}`:           "agents of team: nothing changes\n",
		`{"realm":{"team":{"parent":"nowhere"}}}`: "agents of team: none could be made: this realm cannot be composed: realm 'team' names parent 'nowhere'",
	} {
		if got := effects(patch); !strings.HasPrefix(got, want) {
			t.Errorf("%s: got %q, want %q", patch, got, want)
		}
	}
	sh.store = global
	sh.writeText("[realm.global]\nparent = \"x\"\n")
	if got, want := effects(`{"realm":{"team":{"parent":"global"}}}`), "agents of team: none could be made: this realm cannot be composed: the reserved"; !strings.HasPrefix(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	sh.writeText("[realm.global")
	if got, want := effects(`{"rest":{"port":9}}`), `agents of team: none can be made, before and after: realm "global": config.toml is not TOML`; !strings.HasPrefix(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	sh, _ = newFamilyShell(t, Terminal{Interactive: true, Width: 200}, "[realm.team]\nparent = \"nowhere\"\n", "")
	if got, want := effects(`{"realm":{"team":{"parent":null}}}`), "agents of team: none can be made now, and they can be made afterwards\n"; !strings.HasPrefix(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
