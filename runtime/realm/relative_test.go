//go:build unix

package realm_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/realm"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

// project is a directory with a project's realms and a home.
type project struct {
	t   *testing.T
	dir string
}

func newProject(t *testing.T) project { return project{t, t.TempDir()} }

// put writes a file below the project.
func (p project) put(name, text string) {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// runtime returns a runtime of one of the project's realms.
func (p project) runtime(id string) *runtime.Runtime {
	rt := runtime.New(realm.Open(realm.Selection{
		Realm: id, ContextRoot: filepath.Join(p.dir, "shop"), StateRoot: filepath.Join(p.dir, "shop", ".rkat", "realms"),
		UserConfigRoot: filepath.Join(p.dir, "home"), IsText: runtime.IsText,
	}, 0), meerkat.New())
	p.t.Cleanup(rt.Close)
	return rt
}

// entries lists everything below the project.
func (p project) entries() []string {
	p.t.Helper()
	var names []string
	err := filepath.WalkDir(p.dir, func(path string, _ fs.DirEntry, err error) error {
		names = append(names, path)
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return names
}

const realmsDir = "shop/.rkat/realms/"

// TestRelative_readsTheStateRoot reads ancestors where Meerkat does: beside the
// realm, and global in the home directory, whatever is beside the realm. It leaves
// the ancestors as they are.
func TestRelative_readsTheStateRoot(t *testing.T) {
	t.Parallel() // it waits
	p := newProject(t)
	p.put(realmsDir+"team/config.toml", "[realm.team]\nparent = 'mob.x'\n")
	p.put(realmsDir+"mob_x/config.toml", "[realm.'mob.x']\n[agent]\nsystem_prompt = 'from mob.x'\n")
	p.put(realmsDir+"mob_x/config_state.json", `{"generation": 41}`)
	p.put(realmsDir+"global/config.toml", "[realm.global]\n[agent]\nmodel = 'not this'\n")
	p.put("home/.rkat/config.toml", "[realm.global]\n[agent]\nmodel = 'this'\n")
	rt := p.runtime("team")
	if _, err := rt.Get(t.Context()); err != nil { // it gives the realm's own text a number
		t.Fatal(err)
	}
	before := p.entries()
	for range 2 {
		e, err := rt.Effective(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for key, want := range map[string]string{"system_prompt": "from mob.x", "model": "this"} {
			if got, _, _ := (tree.Pointer{"agent", key}).Get(e.Shown()); got != want {
				t.Errorf("%s is %v, want %q", key, got, want)
			}
		}
		if e.Chain[1].Realm != "mob.x" || e.Chain[1].Generation != 41 || filepath.Base(e.Chain[1].Paths.Root) != "mob_x" {
			t.Errorf("got the chain %+v", e.Chain)
		}
	}
	if after := p.entries(); !slices.Equal(before, after) {
		t.Errorf("the read changed %v to %v", before, after)
	}
}

// TestRelative_hostileParents refuses what is no configuration of the state root.
func TestRelative_hostileParents(t *testing.T) {
	t.Parallel() // it waits
	for _, tt := range []struct {
		name string
		set  func(p project, config string) error
		kind fault.Kind
		want string
	}{
		{"a directory", func(_ project, config string) error { return os.MkdirAll(config, 0o700) }, fault.Storage, `realm "org": `},
		{"a link out of the project", func(p project, config string) error {
			p.put("secret.toml", "[realm.org]\n")
			return os.Symlink(filepath.Join(p.dir, "secret.toml"), config)
		}, fault.Storage, `realm "org": `},
		{"a text that is too long", func(_ project, config string) error {
			return os.WriteFile(config, []byte("# "+strings.Repeat("x", runtime.MaxText)), 0o600)
		}, fault.TooLarge, `realm "org": config.toml is longer`},
		{"a text that is not UTF-8", func(_ project, config string) error {
			return os.WriteFile(config, []byte("x = '\xff'"), 0o600)
		}, fault.CorruptConfig, `realm "org": config.toml is not TOML`},
		{"a directory of the realm that is a link", func(p project, config string) error {
			p.put("elsewhere/config.toml", "[realm.org]\n")
			if err := os.Remove(filepath.Dir(config)); err != nil {
				return err
			}
			return os.Symlink(filepath.Join(p.dir, "elsewhere"), filepath.Dir(config))
		}, fault.Storage, `realm "org": `},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newProject(t)
			p.put(realmsDir+"team/config.toml", "[realm.team]\nparent = 'org'\n")
			dir := filepath.Join(p.dir, realmsDir, "org")
			if err := os.MkdirAll(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := tt.set(p, filepath.Join(dir, "config.toml")); err != nil {
				t.Fatal(err)
			}
			_, err := p.runtime("team").Effective(t.Context())
			if !fault.Is(err, tt.kind) || !strings.HasPrefix(err.Error(), tt.want) || fault.Of(err).Data["realm"] != "org" {
				t.Errorf("got %v with %v, want %s about org: %s", err, fault.Of(err).Data, tt.kind, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), p.dir) {
				t.Errorf("the message names a path: %v", err)
			}
		})
	}
}

// TestRelative_linkToAFileOfTheUser follows the link of a parent only to a file that is a
// configuration by its name: no other file is opened to find out.
func TestRelative_linkToAFileOfTheUser(t *testing.T) {
	t.Parallel() // it waits
	for name, isFollowed := range map[string]bool{"id_ed25519": false, ".profile": false, "org.toml.key": false, "org.toml": true, "ORG.TOML": true} {
		p := newProject(t)
		p.put("states/team/config.toml", "[realm.team]\nparent = 'org'\n")
		p.put("states/org/realm_manifest.json", "{}")
		p.put("elsewhere/"+name, "[realm.org]\n[agent]\nmodel = 'from elsewhere'\n")
		if err := os.Symlink(filepath.Join(p.dir, "elsewhere", name), filepath.Join(p.dir, "states/org/config.toml")); err != nil {
			t.Fatal(err)
		}
		s := realm.Selection{Realm: "team", StateRoot: filepath.Join(p.dir, "states"), UserConfigRoot: filepath.Join(p.dir, "home"), IsText: runtime.IsText}
		rt := runtime.New(realm.Open(s, 0), meerkat.New())
		defer rt.Close()
		if _, err := rt.Effective(t.Context()); isFollowed != (err == nil) || !isFollowed && fault.Of(err).Data["reason"] != fault.Link {
			t.Errorf("%s: got %v, want a refused link: %v", name, err, !isFollowed)
		}
		listed, _, err := realm.List(t.Context(), s, realm.Environment{})
		if err != nil || len(listed) != 2 {
			t.Fatalf("%s: got %v, %v, want two realms", name, listed, err)
		}
		if _, err := listed[0].Observe(t.Context()); isFollowed != (err == nil) {
			t.Errorf("%s: in the list: got %v, want a refused link: %v", name, err, !isFollowed)
		}
	}
}

func TestRelative_tooLongID(t *testing.T) {
	t.Parallel() // it waits
	p := newProject(t)
	p.put(realmsDir+"team/config.toml", "[realm.team]\nparent = '"+strings.Repeat("x", 300)+"'\n")
	if _, err := p.runtime("team").Effective(t.Context()); !fault.Is(err, fault.InvalidConfig) {
		t.Errorf("got %v, want invalid_config", err)
	}
}
