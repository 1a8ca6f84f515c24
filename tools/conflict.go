package tools

import (
	"errors"
	"fmt"
	"slices"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

// told is a write's error with all that helps: a conflict tells what the others
// did, and whether that is in the way.
func explainConflict(err error) error {
	var c *runtime.Conflict
	if !errors.As(err, &c) {
		return err
	}
	if c.Comparison == nil {
		return unexplained(c)
	}
	explanation := whatHappened(c)
	overlaps := []any{}
	for _, p := range c.Overlaps {
		overlaps = append(overlaps, p.String())
	}
	if len(overlaps) == 0 {
		explanation += fmt.Sprintf(". nothing you touch has changed: repeat with expected_generation %d", c.Current)
	} else {
		explanation += fmt.Sprintf(". you touch %s too: look at changes, and repeat with expected_generation %d if yours shall hold", several(c.Overlaps), c.Current)
	}
	f := store.Conflict(c.Expected, c.Current, explanation).
		With("overlaps", overlaps).With("origins", origins(c.Commits))
	for _, limit := range []int{maxChanges, maxValue, 0} {
		changes := blamed(c, limit)
		if len(tree.Append(nil, changes)) <= maxChanges {
			return f.With("changes", changes)
		}
	}
	return f.With("changes_omitted", true)
}

// unexplained is a conflict of which the history does not tell enough.
func unexplained(c *runtime.Conflict) *fault.Fault {
	if c.Expected > c.Current {
		return store.Conflict(c.Expected, c.Current, "that generation does not exist yet; read the configuration, and take the generation from there")
	}
	explanation := fmt.Sprintf("the history does not tell what was changed since; read the configuration again, and repeat with expected_generation %d if the change is still wanted", c.Current)
	return store.Conflict(c.Expected, c.Current, explanation).With("history_from", c.OldestKept)
}

// blamed are the changes of a conflict, each with the generation that made it;
// values of more than limit bytes give way to their size.
func blamed(c *runtime.Conflict, limit int) []any {
	all := []any{}
	for i, change := range c.Shown() {
		o := change.Shortened(limit).Tree()
		if c.By[i] != 0 {
			o["by"] = c.By[i]
		}
		all = append(all, o)
	}
	return all
}

// whatHappened says who changed what, in a few words.
func whatHappened(c *runtime.Conflict) string {
	var paths []tree.Pointer
	for _, change := range c.Changes {
		paths = append(paths, change.Path)
	}
	if len(paths) == 0 {
		return "what was changed meanwhile is as it was before"
	}
	who := "somebody"
	for i, commit := range c.Commits {
		one := culprit(commit)
		if i > 0 && one != who {
			who = "several others"
			break
		}
		who = one
	}
	return who + " changed " + several(paths)
}

// culprit says who made a commit.
func culprit(c runtime.Commit) string {
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

// several lists places, at most three of them.
func several(paths []tree.Pointer) string {
	const most = 3
	paths = slices.CompactFunc(slices.Clone(paths), slices.Equal[tree.Pointer])
	texts := make([]string, len(paths))
	for i, p := range paths {
		texts[i] = place(p)
	}
	list := tree.JoinWords(texts, "and", most)
	switch n := len(paths) - most; {
	case n == 1:
		list += " place"
	case n > 1:
		list += " places"
	}
	return list
}
