package cli

import (
	"context"
	"fmt"
	"math"
	"strconv"
)

// generation is a flag or an argument that is a generation's number.
type generation struct {
	given bool
	n     uint64
	min   uint64 // Set refuses lower numbers
}

// String returns the number, or "" if none is given.
func (g *generation) String() string {
	if !g.given {
		return ""
	}
	return strconv.FormatUint(g.n, 10)
}

// Set parses a number in decimal digits.
func (g *generation) Set(text string) error {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n < g.min {
		return fmt.Errorf("it must be a whole number, %d or more", g.min)
	}
	g.given, g.n = true, n
	return nil
}

// json returns the number as a JSON value.
func (g *generation) json() any {
	if g.n <= math.MaxInt64 {
		return int64(g.n)
	}
	return g.n
}

// parseGeneration parses an argument that is a generation.
func (s *Session) parseGeneration(text string) (any, error) {
	var g generation
	if g.Set(text) != nil {
		return nil, s.usageError("%q is not a generation: it must be a number from realmconf history", text)
	}
	return g.json(), nil
}

// completeGeneration completes an argument that is a generation in the history.
func completeGeneration(ctx context.Context, s *Session, _ []string, last string) []candidate {
	return wordCandidates(s.completeResource(ctx, "history-entry", "generation", last)...)
}
