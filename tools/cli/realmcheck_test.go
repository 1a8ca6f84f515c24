package cli

import (
	"os"
	"path/filepath"
	"testing"

	"realmconf/runtime/realm"
	"realmconf/schema/tree"
)

const manifestOfTeam = `{"realm_id":"team","backend":"sqlite","origin":"explicit","created_at":"1"}`

// writeRealm makes the realm "team" with some files, under a new state root.
func writeRealm(t *testing.T, files map[string]string) realm.Selection {
	t.Helper()
	stateRoot := t.TempDir()
	for name, text := range files {
		path := filepath.Join(stateRoot, "team", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return realm.Selection{Realm: "team", StateRoot: stateRoot}
}

func TestFileAbove(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		file:                              "",
		filepath.Join(file, "a"):          file,
		filepath.Join(file, "a", "b"):     file,
		filepath.Join(dir, "a", "b", "c"): "",
	} {
		if got := fileAbove(path); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

func TestCheckRealm_contextRoot(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	for _, c := range commands() {
		if c.raw {
			continue
		}
		sh := newShell(t, Terminal{})
		sh.session.Realm.ContextRoot = missing
		words := []string{c.name}
		for range c.minArgs {
			words = append(words, "0")
		}
		code := sh.run(words...)
		if refused := code == ExitRefused && sh.stderr.String() == "realmconf: --context-root "+missing+" does not exist: nothing was done\n"+
			"realmconf: hint: give the project's directory, or leave the flag out for the working directory\n"; refused != c.realm {
			t.Errorf("%s: exit %d, %q", c.name, code, sh.stderr.String())
		}
	}
}

func TestCheckRealm_backend(t *testing.T) {
	for _, tt := range []struct {
		backend, command string
		code             int
	}{
		{"", "get", 0}, {"sqlite", "get", 0}, {"memory", "get", 1}, {"memory", "schema", 0}, {"memory", "history", 1},
	} {
		sh := newShell(t, Terminal{})
		sh.session.Realm = writeRealm(t, map[string]string{"realm_manifest.json": manifestOfTeam})
		sh.session.Realm.Backend = tt.backend
		if code := sh.run(tt.command); code != tt.code {
			t.Errorf("%s --realm-backend %s: exit %d, want %d\n%s", tt.command, tt.backend, code, tt.code, sh.stderr.String())
		}
		if tt.code != 0 {
			sh.wantStderr(`realmconf: realm "team" has the backend sqlite, and --realm-backend asks for memory`)
		}
	}
}

func TestWarnNewRealm(t *testing.T) {
	t.Parallel() // it waits
	const warning = "realmconf: warning: realm \"team\" does not exist yet: these are the defaults\n"
	for _, tt := range []struct {
		name     string
		files    map[string]string
		reply    string
		isolated bool
		want     string
	}{
		{"a new realm", nil, `{"realm_id":"team","generation":0}`, false, warning},
		{"an isolated realm", nil, `{"realm_id":"team","generation":0}`, true, ""},
		{"a realm with a manifest", map[string]string{"realm_manifest.json": manifestOfTeam}, `{"realm_id":"team","generation":0}`, false, ""},
		{"a damaged manifest", map[string]string{"realm_manifest.json": "{"}, `{"realm_id":"team","generation":0}`, false, ""},
		{"a changed text", nil, `{"realm_id":"team","generation":0,"reconcile_pending":true}`, false, ""},
		{"a later generation", nil, `{"realm_id":"team","generation":1}`, false, ""},
		{"a store without a realm", nil, `{"realm_id":null,"generation":0}`, false, ""},
	} {
		sh := newShell(t, Terminal{})
		sh.session.Realm = writeRealm(t, tt.files)
		sh.session.Realm.Isolated = tt.isolated
		if tt.isolated {
			sh.session.Realm.Realm = ""
		}
		var reply tree.Object = parseObject(t, tt.reply)
		sh.session.warnNewRealm(t.Context(), reply, "these are the defaults")
		if sh.stderr.String() != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, sh.stderr.String(), tt.want)
		}
	}
}

func TestWarnNewRealm_file(t *testing.T) {
	for reply, want := range map[string]string{
		`{"realm_id":null,"generation":0}`:                          "realmconf: warning: file \"a/new.toml\" does not exist yet: these are the defaults, and the first write makes it\n",
		`{"realm_id":null,"generation":0,"reconcile_pending":true}`: "", `{"realm_id":null,"generation":204183942}`: "",
	} {
		sh := newShell(t, Terminal{})
		sh.session.Realm.File = "a/new.toml"
		sh.session.warnNewRealm(t.Context(), parseObject(t, reply), "these are the defaults")
		if sh.stderr.String() != want {
			t.Errorf("%s: got %q, want %q", reply, sh.stderr.String(), want)
		}
	}
}
