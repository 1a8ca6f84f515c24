//go:build unix

package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The flags select the same realm from any working directory.
func TestServerCommand(t *testing.T) {
	cwd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		given       []setting
		contextRoot string
		want        []string
	}{
		{nil, "", []string{"--context-root", cwd}},
		{[]setting{{"realm", "a"}}, "", []string{"--realm", "a", "--context-root", cwd}},
		{[]setting{{"realm", "a"}, {"state-root", "r"}}, "", []string{"--realm", "a", "--state-root", filepath.Join(cwd, "r")}},
		{[]setting{{"isolated", "true"}, {"state-root", "r"}}, "", []string{"--isolated", "--state-root", filepath.Join(cwd, "r")}},
		{[]setting{{"isolated", "false"}}, "", []string{"--context-root", cwd}},
		{[]setting{{"context-root", "."}}, ".", []string{"--context-root", cwd}},
		{[]setting{{"state-root", "/r"}}, "", []string{"--state-root", "/r", "--context-root", cwd}},
		{[]setting{{"history", "7"}, {"context-root", "/p"}}, "/p", []string{"--history", "7", "--context-root", "/p"}},
	} {
		sh := newShell(t, Terminal{})
		server := serverFlags()
		server.String("context-root", "", "")
		sh.session.invocation = &Invocation{server: server, given: tt.given}
		sh.session.Realm.ContextRoot = tt.contextRoot
		program, args, err := sh.session.serverCommand()
		if err != nil || !filepath.IsAbs(program) {
			t.Errorf("%v: got program %q, %v", tt.given, program, err)
		}
		if diff := cmp.Diff(tt.want, args); diff != "" {
			t.Errorf("%v (-want +got):\n%s", tt.given, diff)
		}
	}
}
