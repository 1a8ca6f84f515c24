//go:build unix

package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"realmconf/runtime/fault"
)

func TestEditor_choice(t *testing.T) {
	for _, tt := range []struct {
		visual, editor string
		stdin, stderr  bool // are terminals
		interactive    bool
		want           string // empty: refused
	}{
		{visual: "code -w", editor: "nano", want: "code -w"},
		{editor: "nano", want: "nano"},
		{visual: " ", editor: "nano", want: "nano"},
		{stdin: true, interactive: true, want: "vi"},
		{stdin: true, stderr: true, want: "vi"},
		{stdin: true},
		{stderr: true, interactive: true},
		{},
	} {
		sh := newShell(t, Terminal{Interactive: tt.interactive})
		sh.session.Getenv = func(name string) string { return map[string]string{"VISUAL": tt.visual, "EDITOR": tt.editor}[name] }
		sh.session.isTerminal = func(stream any) bool {
			return tt.stdin && stream == sh.session.Stdin || tt.stderr && stream == sh.session.Stderr
		}
		got, err := sh.session.editor()
		if got != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("%+v: got %q, %v", tt, got, err)
		}
	}
}

func TestEdit_withoutEditor(t *testing.T) {
	sh := newShell(t, Terminal{})
	sh.wantRun(2, "", "edit")
	sh.wantStderr("neither VISUAL nor EDITOR is set, and there is no terminal for vi: set EDITOR", "hint: a script changes keys with realmconf patch, and everything with realmconf set")
}

func TestRunEditor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "it's a file")
	for _, tt := range []struct{ editor, text, err string }{
		{"printf 'a' >", "a", ""},
		{"sh -c 'printf b > \"$1\"' name", "b", ""},
		{"exit 3;", "b", "the editor exit 3; ended with exit status 3: nothing was written; set VISUAL or EDITOR to another one, or try again"},
		{"no-such-editor", "b", "the editor no-such-editor ended with exit status 127: "},
	} {
		sh := newShell(t, Terminal{})
		err := sh.session.runEditor(t.Context(), tt.editor, path)
		if got := errorText(err); tt.err == "" && got != "" || !strings.HasPrefix(got, tt.err) || err != nil && !fault.Is(err, fault.Cancelled) {
			t.Errorf("%s: got %q, want %q", tt.editor, got, tt.err)
		}
		if text, err := os.ReadFile(path); err != nil || string(text) != tt.text {
			t.Errorf("%s: the file has %q, %v, want %q", tt.editor, text, err, tt.text)
		}
	}
}

// Standard output is for the result: an editor in a pipe writes to standard error.
func TestRunEditor_output(t *testing.T) {
	for _, interactive := range []bool{false, true} {
		sh := newShell(t, Terminal{Interactive: interactive})
		if err := sh.session.runEditor(t.Context(), "echo shown; true", "/dev/null"); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(sh.out.String(), "shown"); got != interactive {
			t.Errorf("interactive %v: standard output has %q", interactive, sh.out.String())
		}
	}
}

func TestRunEditor_stopped(t *testing.T) {
	sh := newShell(t, Terminal{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := sh.session.runEditor(ctx, "true", "/dev/null"); errorText(err) != "realmconf was stopped: nothing was written" {
		t.Errorf("got %v", err)
	}
}

func TestEdit_run(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for _, tt := range []struct {
		terminal Terminal
		want     string
	}{
		{Terminal{}, `{"changed":true,"changes":[{"default":8080,"new":7,"op":"add","path":"/rest/port"}],"generation":1,"previous_generation":0}` + "\n"},
		{Terminal{Interactive: true, Width: 80}, "--- generation 0\n+++ generation 1\n-/rest/port = 8080 (default)\n+/rest/port = 7\n"},
	} {
		sh := newShell(t, tt.terminal)
		sh.session.Getenv = func(string) string { return "printf '[rest]\\nport = 7\\n' >" }
		sh.wantRun(0, tt.want, "edit")
		sh.wantText("[rest]\nport = 7\n")
		sh.wantRun(0, "", "edit")
		sh.wantStderr("the text is unchanged: nothing to do")
	}
}

func TestDraft_private(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	d, err := newDraft([]byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{d.dir: 0o700, d.path: 0o600} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: got %v, %v, want mode %o", path, info.Mode(), err, want)
		}
	}
	d.remove()
	if _, err := os.Stat(d.dir); !os.IsNotExist(err) {
		t.Errorf("after remove: got %v", err)
	}
	t.Setenv("TMPDIR", "/dev/null")
	if _, err := newDraft(nil); !fault.Is(err, fault.Storage) {
		t.Errorf("without a place: got %v, want a storage fault", err)
	}
}
