package cli

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"realmconf/runtime/fault"
)

// draft is the text while a person has it: a file that only they can read, in
// a directory that only they can enter.
type draft struct{ dir, path string }

// newDraft puts a text into a draft.
func newDraft(text []byte) (*draft, error) {
	dir, err := os.MkdirTemp("", "realmconf-edit-") // of mode 0700
	if err != nil {
		return nil, fault.FromOS("make a private directory", err)
	}
	d := &draft{dir, filepath.Join(dir, "config.toml")}
	if err := d.write(text); err != nil {
		d.remove()
		return nil, err
	}
	return d, nil
}

func (d *draft) write(text []byte) error {
	if err := os.WriteFile(d.path, text, 0o600); err != nil {
		return fault.FromOS("write the text for the editor", err)
	}
	return nil
}

// read is what the editor has left. Where that is no file, it says so.
func (d *draft) read() ([]byte, error) {
	info, err := os.Stat(d.path)
	if err != nil {
		return nil, fault.FromOS("read the edited text", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fault.New(fault.Storage, "the editor has left something else than a file in the place of the text: put it right, or try another editor; nothing was written").
			With("op", "read the edited text").With("reason", fault.IO)
	}
	text, err := os.ReadFile(d.path)
	if err != nil {
		return nil, fault.FromOS("read the edited text", err)
	}
	return text, nil
}

// remove removes the draft, and what the editor has put beside it.
func (d *draft) remove() { os.RemoveAll(d.dir) }

// editorEnds is how long an editor that is told to end may take.
const editorEnds = 5 * time.Second

// editor is the command that the person edits with. Where nothing names one, it
// is one that needs a terminal, which would wait for ever without.
func (s *Session) editor() (string, error) {
	for _, name := range []string{"VISUAL", "EDITOR"} {
		if editor := s.Getenv(name); strings.TrimSpace(editor) != "" {
			return editor, nil
		}
	}
	switch {
	case runtime.GOOS == "windows":
		return "notepad", nil
	case isTerminal(s.Stdin) && (s.Terminal.Is || isTerminal(s.Stderr)):
		return "vi", nil
	}
	return "", &hinted{
		s.usage("neither VISUAL nor EDITOR is set, and there is no terminal for vi: set EDITOR"),
		"a script changes keys with realmconf patch, and everything with realmconf set",
	}
}

// edit opens a file in the person's editor and waits for its end.
func (s *Session) edit(ctx context.Context, editor, path string) error {
	windows := runtime.GOOS == "windows"
	var cmd *exec.Cmd
	if windows {
		words := strings.Fields(editor)
		cmd = exec.CommandContext(ctx, words[0], append(words[1:], path)...)
	} else {
		cmd = exec.CommandContext(ctx, "sh", "-c", editor+` "$@"`, editor, path) // it may have arguments, as for git
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = s.Stdin, s.Stdout, s.Stderr
	if !s.Terminal.Is {
		cmd.Stdout = s.Stderr // standard output is for the result
	}
	if !windows { // there only a kill is known
		cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
		cmd.WaitDelay = editorEnds
	}
	err := cmd.Run()
	if ctx.Err() != nil {
		return fault.New(fault.Cancelled, "realmconf was told to stop: nothing was written").Because(ctx.Err())
	}
	if err != nil {
		return fault.New(fault.Cancelled, "the editor %s ended with %v: nothing was written; set VISUAL or EDITOR to another one, or try again", editor, err).Because(err)
	}
	return nil
}
