package cli

import (
	"context"
	"flag"
	"fmt"
	"math"
	"strconv"

	"realmconf/schema/tree"
)

// writing is the flags that all writes have.
type writing struct {
	expected generation
	dryRun   bool
	reason   string
	asJSON   bool
}

func (w *writing) add(f *flag.FlagSet) {
	jsonFlag(f, &w.asJSON)
	f.Var(&w.expected, "expected-generation", "write only if this `generation` is still current")
	f.BoolVar(&w.dryRun, "dry-run", false, "check and show the result, write nothing")
	f.StringVar(&w.reason, "reason", "", "why, in one `sentence`; kept in the history")
}

// params are the parameters of a write: its content, and what the flags say.
func (w *writing) params(content tree.Object) tree.Object {
	if w.expected.given {
		content["expected_generation"] = w.expected.number()
	}
	if w.dryRun {
		content["dry_run"] = true
	}
	if w.reason != "" {
		content["reason"] = w.reason
	}
	return content
}

// change carries out a write and shows what it did.
func (s *Session) change(ctx context.Context, operation string, w *writing, content tree.Object) error {
	return s.show(ctx, operation, w.params(content), w.asJSON, func(reply tree.Object) {
		s.showWrite(reply)
		s.warn(reply)
	})
}

// generation is the number of one; the zero value stands for none.
type generation struct {
	given bool
	n     uint64
	least uint64 // a lower number is refused
}

// String is the number, empty for none.
func (g *generation) String() string {
	if !g.given {
		return ""
	}
	return strconv.FormatUint(g.n, 10)
}

// Set takes a number as it stands in a reply.
func (g *generation) Set(text string) error {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n < g.least {
		return fmt.Errorf("it is a whole number, %d or more", g.least)
	}
	g.given, g.n = true, n
	return nil
}

// number is the generation as a JSON value.
func (g *generation) number() any {
	if g.n <= math.MaxInt64 {
		return int64(g.n)
	}
	return g.n
}

// generationArgument reads an argument that is a generation.
func (s *Session) generationArgument(text string) (any, error) {
	var g generation
	if g.Set(text) != nil {
		return nil, s.usage("%q is no generation: it is a number, as realmconf history lists them", text)
	}
	return g.number(), nil
}
