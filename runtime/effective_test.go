package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

// family is a store of the realm team with relatives in memory.
type family struct {
	store.Store
	realm     string
	relatives map[string]*relative
	more      bool // there are more than Names returns
}

func newFamily(t testing.TB, team string, others map[string]string) *family {
	t.Helper()
	f := &family{Store: newStore(), realm: "team", relatives: map[string]*relative{}}
	if team != "" {
		appendText(t, f.Store, team)
	}
	for realm, text := range others {
		f.relatives[realm] = &relative{}
		f.relatives[realm].set(text)
	}
	return f
}

func (f *family) Metadata() store.Metadata {
	m := f.Store.Metadata()
	m.RealmID = &f.realm
	return m
}

func (f *family) Relative(realm string) (store.Relative, error) {
	if f.relatives[realm] == nil {
		f.relatives[realm] = &relative{state: store.State{Version: store.Empty()}}
	}
	return f.relatives[realm], nil
}

func (f *family) Names(context.Context) ([]string, bool, error) {
	names := []string{f.realm}
	for name := range f.relatives {
		names = append(names, name)
	}
	slices.Sort(names)
	return names, f.more, nil
}

// relative is another realm.
type relative struct {
	state    store.State
	err      error
	observed int
	onRead   func() // called after a read has its result
}

func (r *relative) set(text string) {
	r.state.Text = []byte(text)
	r.state.Version = store.Version{Generation: r.state.Version.Generation + 1, Digest: store.DigestOf(r.state.Text)}
}

func (r *relative) Observe(context.Context) (store.State, error) {
	r.observed++
	state, err := r.state, r.err
	if r.onRead != nil {
		r.onRead()
	}
	return state, err
}

func (r *relative) Watch(context.Context, func()) error { return nil }
func (r *relative) Metadata() store.Metadata            { return store.Metadata{} }

func effective(t testing.TB, rt *runtime.Runtime) *runtime.Effective {
	t.Helper()
	e, err := rt.Effective(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func value(t *testing.T, o tree.Object, at string) any {
	t.Helper()
	p, err := tree.ParsePointer(at)
	if err != nil {
		t.Fatal(err)
	}
	v, _, _ := p.Get(o)
	return v
}

const (
	teamText   = "[realm.team]\nparent = 'org'\n[rest]\nport = 9\n"
	orgText    = "[realm.org]\n[rest]\nhost = 'h'\nport = 1\n[agent]\nmodel = 'o'\n"
	globalText = "[realm.global]\n[agent]\nmodel = 'g'\nsystem_prompt = 'p'\n"
)

func TestEffective_composesTheChain(t *testing.T) {
	rt := runtimeOver(t, newFamily(t, teamText, map[string]string{"org": orgText, "global": globalText}))
	e := effective(t, rt)
	for at, want := range map[string]any{
		"/rest/port": int64(9), "/rest/host": "127.0.0.1", "/agent/model": "o", "/agent/system_prompt": "p",
	} {
		if got := value(t, e.Shown(), at); got != want {
			t.Errorf("%s is %v, want %v", at, got, want)
		}
	}
	if len(e.Chain) != 3 || e.Chain[0].Realm != "team" || e.Chain[2].Realm != "global" || e.Chain[0].Generation != e.Version.Generation || e.Chain[1].Generation != 1 {
		t.Errorf("got the chain %v", e.Chain)
	}
	if o, _ := e.OriginOf(tree.Pointer{"rest", "host"}); o.Because != "team replaces the section" {
		t.Errorf("got the origin %+v", o)
	}
	warnings := e.Warnings()
	if len(warnings) != 1 || warnings[0].Kind != schema.NoEffect || warnings[0].Path != "/rest/host" || warnings[0].Realm != "team" {
		t.Errorf("got the warnings %+v", warnings)
	}
}

// TestEffective_readsAgainWhatChanged keeps the composition until one of its texts
// changes, and looks at each text once.
func TestEffective_readsAgainWhatChanged(t *testing.T) {
	f := newFamily(t, teamText, map[string]string{"org": orgText, "global": globalText})
	rt := runtimeOver(t, f)
	first := effective(t, rt)
	f.relatives["org"].observed = 0
	if again := effective(t, rt); again != first {
		t.Error("an unchanged composition was made anew")
	}
	if n := f.relatives["org"].observed; n != 1 {
		t.Errorf("an unchanged read looked at org %d times, want once", n)
	}
	f.relatives["global"].set(strings.Replace(globalText, "'p'", "'q'", 1))
	if got := value(t, effective(t, rt).Shown(), "/agent/system_prompt"); got != "q" {
		t.Errorf("after a change of global: got %v", got)
	}
	appendText(t, f.Store, "[realm.team]\nparent = 'global'\n")
	if got := value(t, effective(t, rt).Shown(), "/agent/model"); got != "g" {
		t.Errorf("after a change of the parent: got %v", got)
	}
}

// TestEffective_repeatsWhenAParentChanges never mixes two moments: here global has
// the model and org none, or the other way round.
func TestEffective_repeatsWhenAParentChanges(t *testing.T) {
	f := newFamily(t, teamText, map[string]string{"org": "[realm.org]\n[agent]\nmodel='both'\n", "global": "[realm.global]\n"})
	reads := 0
	f.relatives["org"].onRead = func() {
		if reads++; reads == 1 { // org was read, and global not yet
			f.relatives["global"].set("[realm.global]\n[agent]\nmodel='both'\n")
			f.relatives["org"].set("[realm.org]\n")
		}
	}
	e := effective(t, runtimeOver(t, f))
	if o, _ := e.OriginOf(tree.Pointer{"agent", "model"}); o.Realm != "global" || e.Chain[1].Generation != 2 {
		t.Errorf("the model is of %q at the chain %v, want it of global, and org at 2", o.Realm, e.Chain)
	}
}

// TestEffective_currentTogether commits to two of three realms, each commit after any one
// of the readings: the composition is of texts that were current at one moment.
func TestEffective_currentTogether(t *testing.T) {
	format := map[string]string{
		"team":   "[realm.team]\nparent = 'org'\n[retry]\nmax_retries = %d\n",
		"org":    "[realm.org]\n[limits]\nmax_sessions = %d\n",
		"global": "[realm.global]\n[rest]\nport = %d\n",
	}
	place := map[string]string{"team": "/retry/max_retries", "org": "/limits/max_sessions", "global": "/rest/port"}
	const last = 8 // four readings without a change, and twice as many after one
	between := 0   // compositions with the first of two commits and not the second
	for first := 1; first <= last; first++ {
		for second := first; second <= last; second++ {
			for _, pair := range [][2]string{{"team", "org"}, {"org", "team"}, {"org", "global"}, {"global", "org"}, {"global", "team"}, {"team", "global"}} {
				f := newFamily(t, fmt.Sprintf(format["team"], 1), map[string]string{"org": fmt.Sprintf(format["org"], 1), "global": fmt.Sprintf(format["global"], 1)})
				now := map[string]int64{"team": 1, "org": 1, "global": 1}
				moments := []map[string]int64{maps.Clone(now)}
				commit := func(realm string) {
					now[realm]++
					moments = append(moments, maps.Clone(now))
					if text := fmt.Sprintf(format[realm], now[realm]); realm == "team" {
						appendText(t, f.Store, text)
					} else {
						f.relatives[realm].set(text)
					}
				}
				readings := 0
				for _, r := range f.relatives {
					r.onRead = func() {
						readings++
						if readings == first {
							commit(pair[0])
						}
						if readings == second {
							commit(pair[1])
						}
					}
				}
				e, got := effective(t, runtimeOver(t, f)), map[string]int64{}
				for realm, at := range place {
					got[realm], _ = value(t, e.Shown(), at).(int64)
				}
				if !slices.ContainsFunc(moments, func(m map[string]int64) bool { return maps.Equal(m, got) }) {
					t.Errorf("commits to %v after readings %d and %d: got %v, which were not current together: %v", pair, first, second, got, moments)
				}
				if len(moments) == 3 && maps.Equal(got, moments[1]) {
					between++
				}
			}
		}
	}
	if between == 0 {
		t.Error("no composition has the first commit alone: the readings are not those that the test expects")
	}
}

func TestEffective_endlessChange(t *testing.T) {
	f := newFamily(t, teamText, map[string]string{"org": orgText})
	f.relatives["org"].onRead = func() { f.relatives["org"].set(orgText) }
	if _, err := runtimeOver(t, f).Effective(t.Context()); !fault.Is(err, fault.Busy) {
		t.Errorf("got %v, want busy", err)
	}
}

// TestEffective_refuses compares the errors of chains that cannot be composed.
func TestEffective_refuses(t *testing.T) {
	long := map[string]string{}
	for c := 'a'; c < 'a'+16; c++ {
		long[string(c)] = "[realm." + string(c) + "]\nparent='" + string(c+1) + "'\n"
	}
	long["q"] = "[realm.q]\n"
	for _, tt := range []struct {
		name, team string
		others     map[string]string
		kind       fault.Kind
		realm      string
		want       string
	}{
		{"a circle", "[realm.team]\nparent='org'", map[string]string{"org": "[realm.org]\nparent='team'"}, fault.InvalidConfig, "org",
			"this realm cannot be composed: realm parent chain has a cycle: team -> org -> team: name another parent in one of them"},
		{"a parent without its table", "[realm.team]\nparent='org'", map[string]string{"org": "[rest]\nport=1"}, fault.InvalidConfig, "team",
			"this realm cannot be composed: realm 'team' names parent 'org' which is not configured: add a table [realm.org] to the config.toml of org, or name another parent"},
		{"seventeen realms", "[realm.team]\nparent='a'", long, fault.InvalidConfig, "team",
			"this realm cannot be composed: realm parent chain from 'team' exceeds max depth 16: give one of its realms a parent nearer to the root"},
		{"global with a parent", "[realm.team]\nparent='global'", map[string]string{"global": "[realm.global]\nparent='team'"}, fault.InvalidConfig, "global",
			"this realm cannot be composed: the reserved 'global' realm (via 'global') must not declare a parent: remove the key parent there"},
		{"env_default", "[realm.team]\nparent='env_default'", nil, fault.InvalidConfig, "team",
			"this realm cannot be composed: realm 'team' names the reserved env_default slug as its parent: name another parent there"},
		{"no id", "[realm.team]\nparent='../other'", nil, fault.InvalidConfig, "team",
			"this realm cannot be composed: realm 'team' has a config.toml that Meerkat cannot read: /realm/team/parent: not a slug: "},
		{"a parent that is not TOML", "[realm.team]\nparent='org'", map[string]string{"org": "[realm.org\n"}, fault.CorruptConfig, "org",
			`realm "org": config.toml is not TOML: line 1, column 11: `},
		{"global that is not TOML, outside the chain", "", map[string]string{"global": "x"}, fault.CorruptConfig, "global", `realm "global": config.toml is not TOML: line 1, column 2: `},
		{"a parent that Meerkat cannot read", "[realm.team]\nparent='org'", map[string]string{"org": "[realm.org]\n[rest]\nport='x'"}, fault.InvalidConfig, "org",
			"this realm cannot be composed: realm 'org' has a config.toml that Meerkat cannot read: /rest/port: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := runtimeOver(t, newFamily(t, tt.team, tt.others)).Effective(t.Context())
			if !fault.Is(err, tt.kind) || !strings.HasPrefix(err.Error(), tt.want) {
				t.Fatalf("got  %v\nwant %s", err, tt.want)
			}
			if got := fault.Of(err).Data["realm"]; got != tt.realm {
				t.Errorf("the error is about %v, want %s", got, tt.realm)
			}
		})
	}
}

// composeCounter counts the compositions that are made.
type composeCounter struct {
	runtime.Model
	count int
}

func (m *composeCounter) Compose(realm string, fetch schema.Fetch, sections ...string) (*schema.Composition, error) {
	m.count++
	return m.Model.Compose(realm, fetch, sections...)
}

// TestEffective_refusedAgain does not compose again what was refused, until a
// configuration changes.
func TestEffective_refusedAgain(t *testing.T) {
	for _, wrong := range []string{"[rest]\nport='x'\n", "[rest\n"} {
		f := newFamily(t, "[realm.team]\nparent='org'\n[realm.org]\n", map[string]string{"org": wrong})
		model := &composeCounter{Model: meerkat.New()}
		rt := runtimeWith(t, model, f)
		for range 3 {
			if _, err := rt.Effective(t.Context()); err == nil || model.count != 1 {
				t.Fatalf("%q: composed %d times, got %v", wrong, model.count, err)
			}
		}
		f.relatives["org"].set("[rest]\nport=1\n")
		if _, err := rt.Effective(t.Context()); err != nil || model.count != 2 {
			t.Errorf("%q: composed %d times, got %v", wrong, model.count, err)
		}
	}
}

func TestEffective_unreadableParent(t *testing.T) {
	f := newFamily(t, teamText, map[string]string{"org": orgText})
	unreadable := errors.New("not readable")
	f.relatives["org"].err = unreadable
	rt := runtimeOver(t, f)
	if _, err := rt.Effective(t.Context()); !errors.Is(err, unreadable) {
		t.Errorf("got %v, want the error of org", err)
	}
	f.relatives["org"].err = nil
	if got := value(t, effective(t, rt).Shown(), "/agent/model"); got != "o" {
		t.Errorf("once it can be read: got %v", got)
	}
}

func TestEffective_withoutFamily(t *testing.T) {
	if _, err := newRuntime(t).Effective(t.Context()); !fault.Is(err, fault.InvalidParams) {
		t.Errorf("got %v, want invalid_params", err)
	}
}

// TestEffective_secrets hides inherited secrets behind a text that no write accepts,
// and the realm's own behind the token that every other read gives.
func TestEffective_secrets(t *testing.T) {
	const server = "[[tools.mcp_servers]]\nname='%'\ncommand='c'\nenv={KEY='hidden-%'}\n"
	rt := runtimeOver(t, newFamily(t, strings.ReplaceAll(server, "%", "own"), map[string]string{
		"global": "[realm.global]\n" + strings.ReplaceAll(server, "%", "inherited"),
	}))
	shown := effective(t, rt).ShownJSON()
	if strings.Contains(string(shown), "hidden") {
		t.Errorf("a secret is shown: %s", shown)
	}
	if got := value(t, effective(t, rt).Shown(), "/tools/mcp_servers/0/env/KEY"); got != "realmconf-secret:of-realm-global" {
		t.Errorf("the inherited secret is shown as %v", got)
	}
	token := value(t, effective(t, rt).Shown(), "/tools/mcp_servers/1/env/KEY")
	if token != "realmconf-secret:1:/tools/mcp_servers/0/env/KEY" {
		t.Errorf("the realm's own secret is shown as %v", token)
	}
	write := func(secret any) error {
		_, err := rt.Patch(t.Context(), tree.Object{"tools": tree.Object{"mcp_servers": []any{
			tree.Object{"name": "own", "command": "c", "env": tree.Object{"KEY": secret}}}}}, runtime.Write{})
		return err
	}
	if err := write("realmconf-secret:of-realm-global"); !fault.Is(err, fault.InvalidConfig) {
		t.Errorf("an inherited secret in a write: got %v, want invalid_config", err)
	}
	if err := write(token); err != nil {
		t.Errorf("the own token in a write: %v", err)
	}
}
