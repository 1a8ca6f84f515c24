//go:build unix

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime/realm"
	"realmconf/schema/tree"
)

// The flags select the same realm from any working directory.
func TestServerCommand(t *testing.T) {
	cwd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	local := filepath.Join(cwd, ".rkat", "realms") // of the package's directory, which has no realm
	home := t.TempDir()
	t.Setenv("HOME", home)
	for _, tt := range []struct {
		given []setting
		realm realm.Selection
		want  []string
	}{
		{nil, realm.Selection{}, []string{"--context-root", cwd, "--state-root", local}},
		{[]setting{{"realm", "a"}}, realm.Selection{Realm: "a"}, []string{"--realm", "a", "--state-root", local}},
		{[]setting{{"realm", "a"}, {"state-root", "r"}}, realm.Selection{Realm: "a", StateRoot: "r"}, []string{"--realm", "a", "--state-root", filepath.Join(cwd, "r")}},
		{[]setting{{"isolated", "true"}, {"state-root", "r"}}, realm.Selection{Isolated: true, StateRoot: "r"}, []string{"--isolated", "--state-root", filepath.Join(cwd, "r")}},
		{[]setting{{"isolated", "false"}}, realm.Selection{}, []string{"--context-root", cwd, "--state-root", local}},
		{[]setting{{"context-root", "."}}, realm.Selection{ContextRoot: "."}, []string{"--context-root", cwd, "--state-root", local}},
		{[]setting{{"state-root", "/r"}}, realm.Selection{StateRoot: "/r"}, []string{"--state-root", "/r", "--context-root", cwd}},
		{[]setting{{"realm", "global"}}, realm.Selection{Realm: "global"}, []string{"--realm", "global", "--state-root", local, "--user-config-root", home}},
		{[]setting{{"realm", "global"}, {"user-config-root", "/u"}}, realm.Selection{Realm: "global", UserConfigRoot: "/u"}, []string{"--realm", "global", "--user-config-root", "/u", "--state-root", local}},
		{[]setting{{"history", "7"}, {"context-root", "/p"}}, realm.Selection{ContextRoot: "/p"}, []string{"--history", "7", "--context-root", "/p", "--state-root", "/p/.rkat/realms"}},
	} {
		sh := newShell(t, Terminal{})
		flags := serverFlags()
		flags.String("context-root", "", "")
		flags.String("user-config-root", "", "")
		sh.session.invocation = &Invocation{server: flags, given: tt.given}
		sh.session.Realm = tt.realm
		server, err := sh.session.serverCommand()
		if err != nil || !filepath.IsAbs(server.Program) {
			t.Errorf("%v: got program %q, %v", tt.given, server.Program, err)
		}
		if diff := cmp.Diff(tt.want, server.Args); diff != "" {
			t.Errorf("%v (-want +got):\n%s", tt.given, diff)
		}
	}
}

// The flags find a realm of the user's data directory without the variable that has its
// place: Codex passes no XDG variables to a server.
func TestServerCommand_noXDG(t *testing.T) {
	data, project := t.TempDir(), t.TempDir()
	writeManifest(t, filepath.Join(data, "meerkat", "realms", "team"))
	t.Setenv("XDG_DATA_HOME", data)
	t.Chdir(project)
	sh := newShell(t, Terminal{})
	sh.session.invocation = &Invocation{server: serverFlags(), given: []setting{{"realm", "team"}}}
	sh.session.Realm.Realm = "team"
	got, err := sh.session.serverCommand()
	want := []string{"--realm", "team", "--state-root", filepath.Join(data, "meerkat", "realms")}
	if diff := cmp.Diff(want, got.Args); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func writeManifest(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "realm_manifest.json"), []byte(manifestOfTeam), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A realm in the project and in the user's data directory is a problem that doctor
// explains: which two there are, and how to make one of them.
func TestDoctor_realmTwice(t *testing.T) {
	data, project := t.TempDir(), t.TempDir()
	projectRealm, userRealm := filepath.Join(project, ".rkat", "realms", "team"), filepath.Join(data, "meerkat", "realms", "team")
	writeManifest(t, projectRealm)
	writeManifest(t, userRealm)
	t.Setenv("XDG_DATA_HOME", data)
	sh := newShell(t, Terminal{})
	sh.session.Realm = realm.Selection{Realm: "team", ContextRoot: project}
	for _, hasText := range []bool{false, true} {
		if hasText {
			if err := os.WriteFile(filepath.Join(userRealm, "config.toml"), []byte("[rest]\nport = 1\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if code := sh.run("doctor"); code != ExitRefused {
			t.Errorf("exit %d, want %d: %s", code, ExitRefused, sh.stderr.String())
		}
		got := parseObject(t, sh.out.String())
		do := "move the other realm away: mv " + userRealm + " " + userRealm + ".old (its sessions stay there)"
		if hasText {
			do = "realmconf --realm team --state-root " + filepath.Dir(projectRealm) + " set " + userRealm + "/config.toml --dry-run shows how the other configuration differs, and without --dry-run it is taken over; then " + do
		}
		findings := got["findings"].([]any)
		last := findings[len(findings)-1].(tree.Object)
		if got["problems"] != int64(1) || got["root"] != nil || last["do"] != do {
			t.Errorf("got %v\nwant to do %s", got, do)
		}
		for i, root := range []string{projectRealm, userRealm} {
			if at := findings[i].(tree.Object)["where"]; at != root {
				t.Errorf("finding %d is about %v, want %s", i, at, root)
			}
		}
	}
	if code := sh.run("host", "codex"); code != ExitStorage || sh.out.Len() > 0 {
		t.Errorf("host: exit %d, %q", code, sh.out.String())
	}
	sh.wantStderr("exists twice", "realmconf doctor says how")
}

// A realm in two data directories of the user is found in one by a program that is given
// XDG_DATA_HOME, and in the other by one that is not.
func TestDoctor_realmInTwoDataDirectories(t *testing.T) {
	data, home, project := t.TempDir(), t.TempDir(), t.TempDir()
	here, there := filepath.Join(data, "meerkat", "realms", "team"), filepath.Join(home, ".local", "share", "meerkat", "realms", "team")
	writeManifest(t, here)
	t.Setenv("XDG_DATA_HOME", data)
	t.Setenv("HOME", home)
	sh := newShell(t, Terminal{})
	doctor := func(s realm.Selection) []any {
		t.Helper()
		sh.session.Realm = s
		if code := sh.run("doctor"); code != ExitDone {
			t.Errorf("exit %d: %s", code, sh.stderr.String())
		}
		return parseObject(t, sh.out.String())["findings"].([]any)
	}
	warned := func(findings []any) (where, do any) {
		for _, f := range findings {
			if o := f.(tree.Object); strings.Contains(o["what"].(string), "exists twice") {
				return o["where"], o["do"]
			}
		}
		return nil, nil
	}
	selection := realm.Selection{Realm: "team", ContextRoot: project}
	if where, _ := warned(doctor(selection)); where != nil {
		t.Errorf("a realm that exists once: got a warning about %v", where)
	}
	writeManifest(t, there)
	for _, c := range []struct{ root, other string }{{"", there}, {filepath.Dir(here), there}, {filepath.Dir(there), here}} {
		selection.StateRoot = c.root
		where, do := warned(doctor(selection))
		if want := "mv " + c.other + " " + c.other + ".old"; where != c.other || !strings.Contains(do.(string), want) {
			t.Errorf("state root %q: got a warning about %v, to do %v, want one about %s", c.root, where, do, c.other)
		}
	}
}
