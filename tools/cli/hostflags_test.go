package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime/realm"
	"realmconf/schema/tree"
)

// The server that a host starts opens the same files as the command.
func TestHost_flagsOfTheRealm(t *testing.T) {
	sh := newShell(t, Terminal{})
	for line, want := range map[string][]any{
		"--realm a --state-root /r --follow-links --realm-backend jsonl":       {"--realm", "a", "--state-root", "/r", "--follow-links", "--realm-backend", "jsonl"},
		"--realm a --state-root /r --follow-links=false --history -1":          {"--realm", "a", "--state-root", "/r", "--history", "-1"},
		"--isolated --state-root /r --realm-backend=memory":                    {"--isolated", "--state-root", "/r", "--realm-backend", "memory"},
		"--realm a --realm b --state-root /x --state-root=/r/../r --history=3": {"--realm", "b", "--state-root", "/r", "--history", "3"},
	} {
		if code := sh.run(append([]string{"host", "claude-code"}, strings.Fields(line)...)...); code != ExitDone {
			t.Errorf("%s: exit %d, %s", line, code, sh.stderr.String())
		}
		got, _, _ := tree.Pointer{"mcpServers", "realmconf", "args"}.Get(parseObject(t, sh.out.String()))
		if diff := cmp.Diff(any(want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", line, diff)
		}
	}
}

// A realm in a store and a file are at the place that their flags name: no directory is
// added. A store that the environment names is named by its flag.
func TestHost_flagsOfStoreAndFile(t *testing.T) {
	t.Chdir(t.TempDir())
	file := filepath.Join(t.TempDir(), "settings.toml")
	store := "etcd://a:2379,b:2379/team"
	for _, tt := range []struct {
		name     string
		selected realm.Selection
		args     []string
		want     []any
	}{
		{"a store", realm.Selection{Realm: "a", Store: store}, []string{"--realm", "a", "--store", store}, []any{"--realm", "a", "--store", store}},
		{"a store of the environment", realm.Selection{Realm: "a", Store: store}, []string{"--realm", "a"}, []any{"--realm", "a", "--store", store}},
		{"a file", realm.Selection{File: file}, []string{"--file", file, "--history", "3"}, []any{"--file", file, "--history", "3"}},
	} {
		sh := newShell(t, Terminal{})
		sh.session.Realm = tt.selected
		if code := sh.run(append([]string{"host", "claude-code"}, tt.args...)...); code != ExitDone {
			t.Errorf("%s: exit %d, %s", tt.name, code, sh.stderr.String())
			continue
		}
		server := "realmconf"
		if tt.selected.IsFile() {
			server += "-settings"
		}
		got, _, _ := tree.Pointer{"mcpServers", server, "args"}.Get(parseObject(t, sh.out.String()))
		if diff := cmp.Diff(any(tt.want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	sh := newShell(t, Terminal{})
	sh.session.Realm.Store = store
	if code := sh.run("host", "claude-code", "--store", store); code != ExitUsage {
		t.Errorf("a store without a realm: exit %d, want %d", code, ExitUsage)
	}
	sh.wantStderr("a store needs --realm")
}

// The endpoints of the environment are in the entry. Credentials are not: the variables
// are named that the host must pass on.
func TestHost_storeOfEnvironment(t *testing.T) {
	t.Chdir(t.TempDir())
	variables := map[string]string{"ETCDCTL_ENDPOINTS": "http://a:1,b", "ETCDCTL_USER": "alice", "ETCDCTL_PASSWORD": "hunter2"}
	for _, args := range [][]string{{"--store", "etcd:///x"}, nil} {
		sh := newShell(t, Terminal{})
		sh.session.Getenv = func(name string) string { return variables[name] }
		sh.session.Realm = realm.Selection{Realm: "r", Store: "etcd:///x"}
		if code := sh.run(append([]string{"host", "claude-code", "--realm", "r"}, args...)...); code != ExitDone {
			t.Fatalf("exit %d, %s", code, sh.stderr.String())
		}
		got, _, _ := tree.Pointer{"mcpServers", "realmconf", "args"}.Get(parseObject(t, sh.out.String()))
		if diff := cmp.Diff(any([]any{"--realm", "r", "--store", "etcd://a:1,b:2379/x"}), got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", args, diff)
		}
		sh.wantStderr("let Claude Code pass ETCDCTL_USER and ETCDCTL_PASSWORD on to the server")
		if strings.Contains(sh.stderr.String()+sh.out.String(), "hunter2") {
			t.Errorf("%v: got the password: %s%s", args, sh.out.String(), sh.stderr.String())
		}
	}
}

func TestHost_missingDirectories(t *testing.T) {
	sh := newShell(t, Terminal{})
	missing := filepath.Join(t.TempDir(), "a")
	sh.session.Realm.ContextRoot = missing
	sh.wantRun(ExitRefused, "", "host", "zed")
	sh.wantStderr("realmconf: --context-root " + missing + " does not exist: nothing was done\n")
	sh.session.Realm.ContextRoot, sh.session.Realm.StateRoot = "", filepath.Join(missing, "b")
	sh.wantRun(ExitRefused, "", "host", "zed")
	sh.wantStderr("realmconf: --state-root " + filepath.Join(missing, "b") + " does not exist: nothing was done\n")
}

func TestServerCommand_notUTF8(t *testing.T) {
	sh := newShell(t, Terminal{})
	sh.wantRun(2, "", "host", "zed", "--realm", "a", "--state-root", "d\xff")
	sh.wantStderr("is not UTF-8 text, which a host's settings must be: use a directory with another name", "hint: realmconf help host")
}
