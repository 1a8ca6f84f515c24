package tools

import (
	"errors"
	"fmt"
	"slices"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// describeConflict adds to a write's conflict what others have changed, and
// whether the write touches the same places. Other errors stay as they are.
func describeConflict(err error) error {
	var c *runtime.Conflict
	if !errors.As(err, &c) {
		return err
	}
	if c.Reverting {
		return describeClash(c)
	}
	if c.Comparison == nil {
		return unexplainedConflict(c)
	}
	explanation := summarizeChanges(c)
	overlaps := []any{}
	for _, p := range c.Overlaps {
		overlaps = append(overlaps, p.String())
	}
	if len(overlaps) == 0 {
		explanation += fmt.Sprintf(". nothing you touch has changed: repeat with expected_generation %d", c.Current)
	} else {
		explanation += fmt.Sprintf(". you touch %s too: look at changes, and repeat with expected_generation %d if your change is still wanted", joinPlaces(c.Overlaps), c.Current)
	}
	return withChanges(store.Conflict(c.Expected, c.Current, explanation).With("overlaps", overlaps), c)
}

// withChanges adds to the fault of a conflict who changed what. If that is too long
// even without values, it has the first changes and the number of the others.
func withChanges(f *fault.Fault, c *runtime.Conflict) *fault.Fault {
	f = f.With("origins", origins(c.Commits))
	var changes []any
	for _, limit := range []int{maxChanges, maxValue, 0} {
		changes = changesBy(c, limit)
		if len(tree.Append(nil, changes)) <= maxChanges {
			return f.With("changes", changes)
		}
	}
	r := reduction{size: func(text []byte) int { return len(text) }}
	fitting := max(1, r.countFitting(entriesOf(changes), maxChanges)) // a limit shortens a single one
	return f.With("changes", changes[:fitting]).With("changes_omitted", len(changes)-fitting)
}

// unexplainedConflict is the fault of a conflict whose changes are not known:
// the history does not reach back, or the expected generation never existed.
func unexplainedConflict(c *runtime.Conflict) *fault.Fault {
	if c.Expected > c.Current {
		return store.Conflict(c.Expected, c.Current, "that generation does not exist yet; read the configuration, and take the generation from there")
	}
	if c.Syntax != nil {
		return brokenConflict(c)
	}
	explanation := fmt.Sprintf("the history does not have the changes since; read the configuration again, and repeat with expected_generation %d if the change is still wanted", c.Current)
	return store.Conflict(c.Expected, c.Current, explanation).With("history_from", c.OldestKept)
}

// brokenConflict is the fault of a write that expected another generation than the
// current one, which is not TOML.
func brokenConflict(c *runtime.Conflict) *fault.Fault {
	advice := "a person should repair it with realmconf edit"
	if c.LastGood > 0 {
		advice = fmt.Sprintf("roll back to %d first, if your user says so", c.LastGood)
	}
	f := fault.New(fault.GenerationConflict, "generation %d expected, %d is current and is not TOML (line %d, column %d): %s; nothing was written",
		c.Expected, c.Current, c.Syntax.Line, c.Syntax.Column, advice).
		With("expected", c.Expected).With("current", c.Current).With("line", c.Syntax.Line).With("column", c.Syntax.Column)
	if c.LastGood > 0 {
		f = f.With("last_good_generation", c.LastGood)
	}
	return f
}

// changesBy returns the changes of a conflict, each with the generation that
// made it. Values of more than limit bytes are replaced by their sizes.
func changesBy(c *runtime.Conflict, limit int) []any {
	all := []any{}
	for i, change := range c.ShownChanges() {
		o := change.Shortened(limit).Tree()
		if c.By[i] != 0 {
			o["by"] = c.By[i]
		}
		all = append(all, o)
	}
	return all
}

// summarizeChanges says in a few words who changed what.
func summarizeChanges(c *runtime.Conflict) string {
	var paths []tree.Pointer
	for _, change := range c.Changes {
		paths = append(paths, change.Path)
	}
	if len(paths) == 0 {
		return "all changes since have been undone"
	}
	who := "somebody"
	for i, commit := range c.Commits {
		author := describeAuthor(commit)
		if i > 0 && author != who {
			who = "several others"
			break
		}
		who = author
	}
	return who + " changed " + joinPlaces(paths)
}

// describeAuthor says who made a commit.
func describeAuthor(c runtime.Commit) string {
	switch {
	case c.Operation == store.External:
		return "somebody, by hand or with another program,"
	case c.Operation == store.Peer:
		return "the platform"
	case c.Actor.Name == "":
		return "a client that gives no name"
	case c.Actor.Surface == store.Tool:
		return "agent " + string(tree.Append(nil, c.Actor.Name))
	}
	return string(tree.Append(nil, c.Actor.Name))
}

// joinPlaces lists places in a sentence, at most three of them by name.
func joinPlaces(paths []tree.Pointer) string {
	const most = 3
	paths = slices.CompactFunc(slices.Clone(paths), slices.Equal[tree.Pointer])
	texts := make([]string, len(paths))
	for i, p := range paths {
		texts[i] = policy.Place(p)
	}
	return tree.JoinWords(texts, "and", most)
}
