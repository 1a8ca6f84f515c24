package cli

import (
	"context"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"

	"realmconf/runtime/fault"
)

// editorGrace is how long an editor may run after SIGTERM.
const editorGrace = 5 * time.Second

// editor returns the command of the person's editor. The default on Unix is vi.
// It needs a terminal, and would wait forever without one.
func (s *Session) editor() (string, error) {
	for _, name := range []string{"VISUAL", "EDITOR"} {
		if editor := s.Getenv(name); strings.TrimSpace(editor) != "" {
			return editor, nil
		}
	}
	switch {
	case runtime.GOOS == "windows":
		return "notepad", nil
	case s.isTerminal(s.Stdin) && (s.Terminal.Interactive || s.isTerminal(s.Stderr)):
		return "vi", nil
	}
	return "", &hintedError{
		s.usageError("neither VISUAL nor EDITOR is set, and there is no terminal for vi: set EDITOR"),
		"a script changes keys with realmconf patch, and everything with realmconf set",
	}
}

// runEditor opens a file in an editor and waits until the editor ends.
func (s *Session) runEditor(ctx context.Context, editor, path string) error {
	cmd := editorCommand(ctx, editor, path)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = s.Stdin, s.Stdout, s.Stderr
	if !s.Terminal.Interactive {
		cmd.Stdout = s.Stderr // standard output is for the result
	}
	err := cmd.Run()
	if ctx.Err() != nil {
		return fault.New(fault.Cancelled, "realmconf was stopped: nothing was written").Because(ctx.Err())
	}
	if err != nil {
		return fault.New(fault.Cancelled, "the editor %s ended with %v: nothing was written; set VISUAL or EDITOR to another one, or try again", editor, err).Because(err)
	}
	return nil
}

// editorCommand returns the command for an editor with arguments, which the shell
// splits as for git. The end of ctx stops it with SIGTERM, on Windows with a kill.
func editorCommand(ctx context.Context, editor, path string) *exec.Cmd {
	if runtime.GOOS == "windows" {
		words := strings.Fields(editor)
		return exec.CommandContext(ctx, words[0], append(words[1:], path)...)
	}
	cmd := exec.CommandContext(ctx, "sh", "-c", editor+` "$@"`, editor, path)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = editorGrace
	return cmd
}
