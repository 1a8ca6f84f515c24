package cli

import (
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
)

func TestDescribeBuild(t *testing.T) {
	got := describeBuild(&debug.BuildInfo{
		Main:     debug.Module{Version: "v1.2.3"},
		Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "true"}, {Key: "vcs.time", Value: "2026-01-02T03:04:05Z"}},
	})
	for name, want := range map[string]any{"version": "v1.2.3", "revision": "abc", "modified": true, "time": "2026-01-02T03:04:05Z"} {
		if got[name] != want {
			t.Errorf("%s: got %v, want %v", name, got[name], want)
		}
	}
	if bare := describeBuild(nil); bare["version"] != "(devel)" || bare["revision"] != nil {
		t.Errorf("without information: got %v", bare)
	}
}

// A released program has the version and the commit that the linker set.
func TestDescribeBuild_release(t *testing.T) {
	release, commit = "0.1.0", "abc"
	t.Cleanup(func() { release, commit = "", "" })
	got := describeBuild(&debug.BuildInfo{Main: debug.Module{Version: "(devel)"}})
	if got["version"] != "0.1.0" || got["revision"] != "abc" {
		t.Errorf("got %v", got)
	}
}

func TestVersion_run(t *testing.T) {
	sh := newShell(t, Terminal{})
	for _, words := range [][]string{{"version"}, {"--version"}} {
		code := sh.run(words...)
		if got := sh.out.String(); code != 0 || !strings.HasPrefix(got, "realmconf "+Version()) || !strings.HasSuffix(got, " "+runtime.Version()+" "+runtime.GOOS+"/"+runtime.GOARCH+"\n") {
			t.Errorf("%v: exit %d, %q", words, code, got)
		}
	}
	sh.run("version", "--json")
	if o := parseObject(t, sh.out.String()); o["version"] != Version() || o["go"] != runtime.Version() || o["os"] != runtime.GOOS {
		t.Errorf("--json: got %v", o)
	}
	sh.wantRun(2, "", "version", "1")
	sh.wantRun(2, "", "get", "--version")
	sh.wantStderr("no flag --version")
}
