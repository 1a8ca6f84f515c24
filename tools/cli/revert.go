package cli

import (
	"context"
	"flag"
	"strings"

	"realmconf/schema/tree"
	"realmconf/tools"
)

// pointerList is a flag that may be given several times.
type pointerList []any

// String returns the values as one text.
func (l *pointerList) String() string {
	texts := make([]string, 0, len(*l))
	for _, p := range *l {
		text, _ := p.(string)
		texts = append(texts, text)
	}
	return strings.Join(texts, " ")
}

// Set adds a value.
func (l *pointerList) Set(text string) error {
	*l = append(*l, text)
	return nil
}

func revertCommand() *command {
	var w writeFlags
	var except pointerList
	return &command{
		name: "revert", form: "GENERATION", realm: true, minArgs: 1, maxArgs: 1,
		summary: "undo one generation and keep what came later",
		details: "A place that has been changed again since is refused: --except leaves it out.\nIt is a new generation and can be undone.",
		flags: func(f *flag.FlagSet) {
			w.add(f)
			f.Var(&except, "except", "leave the place at this `pointer` as it is; may be given several times")
		},
		complete: completeGeneration,
		run: func(ctx context.Context, s *Session, args []string) error {
			generation, err := s.parseGeneration(args[0])
			if err != nil {
				return err
			}
			content := tree.Object{"generation": generation}
			if len(except) > 0 {
				content["except"] = []any(except)
			}
			return s.change(ctx, tools.Revert, &w, content)
		},
	}
}
