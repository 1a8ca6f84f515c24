package hosts

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"realmconf/runtime/fault"
)

func TestKnown_complete(t *testing.T) {
	if !slices.IsSorted(Names()) {
		t.Errorf("the hosts are not sorted: %v", Names())
	}
	for _, h := range Known() {
		if h.Title == "" || len(h.Places) == 0 || len(h.programs)+len(h.traces) == 0 {
			t.Errorf("%s lacks a title, a place or a trace", h.Name)
		}
		for i, p := range h.Places {
			if i > 0 && p.IsProject() {
				t.Errorf("%s: the project's file is not the first", h.Name)
			}
			text, err := h.Apply(p, nil, server)
			if snippet := h.Snippet(p, server); !strings.HasSuffix(string(snippet), "\n") || err != nil || string(text) != string(snippet) {
				t.Errorf("%s in %s: got %q, %v, want the snippet %q", h.Name, p, text, err, snippet)
			}
		}
	}
}

func TestHost_addCommand(t *testing.T) {
	quote := func(word string) string { return "<" + word + ">" }
	for name, want := range map[string]string{
		"codex":      "codex mcp add realmconf -- </bin/realmconf> <--realm> <team>",
		"gemini-cli": "gemini mcp add realmconf </bin/realmconf> <--realm> <team>",
		"zed":        "",
	} {
		if got := host(t, name).AddCommand(server, quote); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// newMachine returns a machine without programs.
func newMachine(t *testing.T) Machine {
	t.Helper()
	dir := t.TempDir()
	m := Machine{
		System: "linux", Project: filepath.Join(dir, "project"), Home: filepath.Join(dir, "home"),
		Getenv:   func(string) string { return "" },
		LookPath: func(string) (string, error) { return "", errors.New("no such program") },
	}
	for _, d := range []string{m.Project, m.Home} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func TestPlace_in(t *testing.T) {
	env := map[string]string{"XDG_CONFIG_HOME": "/xdg", "CODEX_HOME": "/codex", "APPDATA": "/appdata", "COPILOT_HOME": "relative"}
	for _, tt := range []struct {
		system, host string
		hasEnv       bool
		want         string
	}{
		{"linux", "zed", false, "/h/.config/zed/settings.json"},
		{"linux", "zed", true, "/xdg/zed/settings.json"},
		{"darwin", "zed", true, "/h/.config/zed/settings.json"},
		{"windows", "zed", true, "/appdata/Zed/settings.json"},
		{"darwin", "claude-desktop", false, "/h/Library/Application Support/Claude/claude_desktop_config.json"},
		{"windows", "claude-desktop", true, "/appdata/Claude/claude_desktop_config.json"},
		{"linux", "claude-desktop", false, "/h/.config/Claude/claude_desktop_config.json"},
		{"linux", "codex", true, "/codex/config.toml"},
		{"linux", "codex", false, "/h/.codex/config.toml"},
		{"linux", "copilot", true, "/h/.copilot/mcp-config.json"},
		{"linux", "vscode", true, "/p/.vscode/mcp.json"},
	} {
		m := Machine{System: tt.system, Project: filepath.FromSlash("/p"), Home: filepath.FromSlash("/h"), Getenv: func(name string) string {
			if !tt.hasEnv {
				return ""
			}
			return env[name]
		}}
		places := host(t, tt.host).Places
		if got := places[len(places)-1].In(m); filepath.ToSlash(got) != tt.want && filepath.VolumeName(env["CODEX_HOME"]) == "" && os.PathSeparator == '/' {
			t.Errorf("%s on %s: got %s, want %s", tt.host, tt.system, got, tt.want)
		}
	}
}

func TestHost_trace(t *testing.T) {
	m := newMachine(t)
	h := host(t, "codex")
	if got := h.Trace(m); got != "" {
		t.Errorf("got %q on an empty machine", got)
	}
	dir := filepath.Join(m.Home, ".codex")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if got := h.Trace(m); got != dir {
		t.Errorf("got %q, want %s", got, dir)
	}
	m.LookPath = func(name string) (string, error) { return "/bin/" + name, nil }
	if got := h.Trace(m); got != "/bin/codex" {
		t.Errorf("got %q, want the program", got)
	}
}

// A file is replaced whole, with its mode, and only if it is as it was read.
func TestFile_replace(t *testing.T) {
	m := newMachine(t)
	for _, name := range []string{"claude-code", "cline"} { // the project's and the user's
		p := host(t, name).Places[0]
		f, err := p.Read(m)
		if err != nil || f.Text != nil {
			t.Fatalf("%s: got %v, %v, want no file", name, f, err)
		}
		if err := f.Replace([]byte("{}")); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(p.In(m), 0o640); err != nil {
			t.Fatal(err)
		}
		if err := f.Replace([]byte("[]")); !fault.Is(err, fault.GenerationConflict) {
			t.Errorf("%s: got %v, want a refusal: the file is new", name, err)
		}
		if f, err = p.Read(m); err != nil || string(f.Text) != "{}" {
			t.Fatalf("%s: got %v, %v", name, f, err)
		}
		if err := f.Replace([]byte("[1]")); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(p.In(m))
		if err != nil || os.PathSeparator == '/' && info.Mode().Perm() != 0o640 {
			t.Errorf("%s: got %v, %v, want mode 0640", name, info, err)
		}
		if entries, err := os.ReadDir(filepath.Dir(p.In(m))); err != nil || len(entries) != 1 {
			t.Errorf("%s: got %v, %v, want only the file", name, entries, err)
		}
	}
}

// opencode reads two files, and the one that may have comments decides.
func TestPlace_alternative(t *testing.T) {
	m := newMachine(t)
	place := host(t, "opencode").Places[0]
	if got, want := place.In(m), filepath.Join(m.Project, "opencode.json"); got != want {
		t.Errorf("without files: got %s, want %s", got, want)
	}
	path := filepath.Join(m.Project, "opencode.jsonc")
	if err := os.WriteFile(path, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := place.Read(m)
	if err != nil || f.Path != path || string(f.Text) != "{}" {
		t.Errorf("got %v, %v, want %s", f, err, path)
	}
}

// Gemini CLI keeps its settings where its variable says.
func TestPlace_variables(t *testing.T) {
	m := newMachine(t)
	dir := t.TempDir()
	for name, tt := range map[string]struct{ host, path string }{
		"GEMINI_CLI_HOME": {"gemini-cli", ".gemini/settings.json"},
		"CODEX_HOME":      {"codex", "config.toml"},
		"COPILOT_HOME":    {"copilot", "mcp-config.json"},
	} {
		m.Getenv = func(asked string) string {
			if asked == name {
				return dir
			}
			return ""
		}
		if got, want := host(t, tt.host).Places[1].In(m), filepath.Join(dir, filepath.FromSlash(tt.path)); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

// Settings without a write bit are not replaced.
func TestFile_protected(t *testing.T) {
	m := newMachine(t)
	place := host(t, "claude-code").Places[0]
	if err := os.WriteFile(place.In(m), []byte("{}"), 0o444); err != nil {
		t.Fatal(err)
	}
	f, err := place.Read(m)
	if err != nil {
		t.Fatal(err)
	}
	want := place.In(m) + " is protected against writing: allow that first, as with chmod u+w, or put the entry there yourself"
	for name, check := range map[string]func() error{"CheckWrite": f.CheckWrite, "Replace": func() error { return f.Replace([]byte("[]")) }} {
		if err := check(); !fault.Is(err, fault.InvalidConfig) || err.Error() != want {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
	if got, err := os.ReadFile(place.In(m)); err != nil || string(got) != "{}" {
		t.Errorf("got %q, %v", got, err)
	}
}

// An error names the settings, the place and the cause, and no realm.
func TestFile_errors(t *testing.T) {
	m := newMachine(t)
	place := host(t, "vscode").Places[0]
	if err := os.WriteFile(filepath.Join(m.Project, ".vscode"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := place.Read(m)
	if err == nil || !strings.HasPrefix(err.Error(), place.In(m)+" cannot be read: ") || !strings.HasSuffix(err.Error(), ": put the entry there yourself") {
		t.Errorf("got %v", err)
	}
}

// A copy that a killed run left beside the settings is removed by the next one; one that
// is new may be that of a running one.
func TestFile_leftovers(t *testing.T) {
	m := newMachine(t)
	place := host(t, "claude-code").Places[0]
	left := func(name string) string { return filepath.Join(m.Project, "."+name+"."+rand.Text()) }
	old, fresh, other := left(".mcp.json"), left(".mcp.json"), left("other")
	for _, path := range []string{old, fresh, other} {
		if err := os.WriteFile(path, []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	long := time.Now().Add(-time.Hour)
	for _, path := range []string{old, other} {
		if err := os.Chtimes(path, long, long); err != nil {
			t.Fatal(err)
		}
	}
	f, err := place.Read(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Replace([]byte("{}")); err != nil {
		t.Fatal(err)
	}
	for path, isThere := range map[string]bool{old: false, fresh: true, other: true, place.In(m): true} {
		if _, err := os.Lstat(path); (err == nil) != isThere {
			t.Errorf("%s: %v, there should be %v", path, err, isThere)
		}
	}
}
