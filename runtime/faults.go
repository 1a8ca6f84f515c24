package runtime

import (
	"fmt"

	"realmconf.io/realmconf/runtime/document"
	"realmconf.io/realmconf/runtime/fault"
	"realmconf.io/realmconf/schema"
)

// conflict is the answer to a write that expected another generation.
func conflict(expected, current uint64) *fault.Fault {
	return fault.New(fault.GenerationConflict,
		"generation %d expected, %d is current: read the configuration again, and repeat with expected_generation %d if the change is still wanted",
		expected, current, current).
		With("expected", expected).With("current", current)
}

// maxIssues is how many issues one error carries. Nobody mends more at a time,
// and a model reads them all.
const maxIssues = 100

// invalid is the answer to a write whose result the model refuses.
func invalid(issues []schema.Issue, generation uint64) *fault.Fault {
	text, count := issues[0].Text(), len(issues)
	switch {
	case count > maxIssues:
		issues = issues[:maxIssues]
		text = fmt.Sprintf("%s (and %d more, the first %d in issues)", text, count-1, maxIssues)
	case count > 1:
		text = fmt.Sprintf("%s (and %d more, in issues)", text, count-1)
	}
	f := fault.New(fault.InvalidConfig, "%s; nothing was written", text).
		With("issues", issues).With("generation", generation)
	if count > len(issues) {
		f = f.With("issue_count", count)
	}
	return f
}

// corrupt is the answer while config.toml is not TOML. lastGood is the newest
// generation that was, nil when none is known.
func corrupt(syntax *document.SyntaxError, generation uint64, lastGood *uint64) *fault.Fault {
	f := fault.New(fault.CorruptConfig,
		"config.toml is not TOML: line %d, column %d: %s; mend the file, or set the whole configuration with expected_generation %d",
		syntax.Line, syntax.Column, syntax.Reason, generation).
		With("line", syntax.Line).With("column", syntax.Column).With("generation", generation)
	if lastGood != nil {
		f = f.With("last_good_generation", *lastGood)
	}
	return f
}

// tooLarge is the answer to a write whose text would be beyond what is read.
func tooLarge() *fault.Fault {
	return fault.New(fault.TooLarge,
		"config.toml would be longer than %d bytes, which is the most: make it smaller; nothing was written", MaxText).
		With("limit", MaxText)
}

// exhausted is the answer when every number has been used.
func exhausted() *fault.Fault {
	return fault.New(fault.Storage,
		"generation 2^64-1 is the last one there is: move config.toml to a new realm; nothing was written").
		With("op", "number a generation").With("reason", fault.Full)
}
