package cli

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"realmconf/tools/hosts"
)

// YAML with other settings is not written: the entry is printed, and where it goes.
func TestHost_writeYAML(t *testing.T) {
	for _, tt := range []struct{ host, entry string }{
		{"goose", "extensions:\n  realmconf:\n"},
		{"continue", "name: realmconf\n"},
	} {
		sh, _, home := newHostShell(t, Terminal{})
		t.Setenv("XDG_CONFIG_HOME", "")
		h, _ := hosts.Find(tt.host)
		path := h.Places[0].In(hosts.Machine{System: runtime.GOOS, Project: ".", Home: home, Getenv: os.Getenv})
		const theirs = "# see wiki\nmcpServers:\n  - name: other # keep\n"
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(theirs), 0o600)); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"host", tt.host, "--write", "--yes"}, {"init", "--host", tt.host, "--yes"}} {
			if code := sh.run(args...); code != ExitRefused || !strings.HasPrefix(sh.out.String(), tt.entry) {
				t.Errorf("%q: exit %d, %s", args, code, sh.out.String())
			}
			sh.wantStderr(": put this into "+h.Places[0].String()+"\n", "realmconf: nothing was written: ", path+" is YAML with other settings, which is not edited here: put the entry there yourself\n")
		}
		if text, err := os.ReadFile(path); err != nil || string(text) != theirs {
			t.Errorf("%s: got %q, %v, want the file as it was", tt.host, text, err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		sh.wantRunOK("host", tt.host)
		sh.wantStderr(": put this into " + h.Places[0].String() + ", or let realmconf host " + tt.host + " --write do it\n")
		sh.wantRunOK("init", "--host", tt.host, "--yes")
		if text, err := os.ReadFile(path); err != nil || !strings.HasPrefix(string(text), tt.entry) {
			t.Errorf("%s: got %q, %v, want the entry", tt.host, text, err)
		}
	}
}
