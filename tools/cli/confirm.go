package cli

import (
	"context"
	"fmt"
	"strings"

	"realmconf/tools/policy"
)

// confirm asks a person for a yes, on a terminal only, and says that nothing was written
// if the answer is not yes.
func (s *Session) confirm(ctx context.Context, question string) bool {
	if !s.isTerminal(s.Stdin) {
		s.message("nothing was written: run this on a terminal, or with --yes")
		return false
	}
	answer, err := s.askLine(ctx, question+" [y/N]")
	if word := strings.ToLower(answer); err == nil && (word == "y" || word == "yes") {
		return true
	}
	s.message("nothing was written")
	return false
}

// askLine prints a question on standard error and reads a line that is typed after it.
func (s *Session) askLine(ctx context.Context, question string) (string, error) {
	discardInput(s.Stdin)
	fmt.Fprintf(s.Stderr, "realmconf: %s ", policy.EscapeHidden(question))
	line, err := await(ctx, func() (string, error) { return readTypedLine(s.Stdin) })
	if err != nil {
		fmt.Fprintln(s.Stderr)
	}
	return strings.TrimSpace(line), err
}
