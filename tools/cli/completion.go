package cli

import (
	"context"
	_ "embed"
)

// The completion scripts. Each runs "realmconf __complete WORD…" and gets the
// candidates for the last word, one per line: the word, a tab, its description. The
// word of the line is empty if names of files are candidates. The words are as the
// program gets them: the script or the shell quotes them.

//go:embed completion.bash
var bashScript string

//go:embed completion.zsh
var zshScript string

//go:embed completion.fish
var fishScript string

func completionCommand() *command {
	return &command{
		name: "completion", static: true, form: "bash|zsh|fish", minArgs: 1, maxArgs: 1,
		summary: "print a script that completes commands, flags and JSON Pointers",
		details: `  source <(realmconf completion bash)       in ~/.bashrc
  source <(realmconf completion zsh)        in ~/.zshrc, after compinit
  realmconf completion fish | source        in ~/.config/fish/config.fish`,
		run: func(_ context.Context, s *Session, args []string) error {
			script, ok := map[string]string{"bash": bashScript, "zsh": zshScript, "fish": fishScript}[args[0]]
			if !ok {
				return s.usageError("no completion for %q: the shells are bash, zsh and fish", args[0])
			}
			s.print("%s", script)
			return nil
		},
		complete: func(context.Context, *Session, []string, string) []candidate {
			return wordCandidates("bash", "zsh", "fish")
		},
	}
}
