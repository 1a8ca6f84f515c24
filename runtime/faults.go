package runtime

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"realmconf/runtime/document"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// listWarnings is listFound with the lines of the warnings.
func listWarnings(found schema.Issues, doc *document.Document) []schema.Issue {
	return locate(listFound(found), doc)
}

// listFound returns the warnings that a check has explained; one more counts the
// others.
func listFound(found schema.Issues) []schema.Issue {
	warnings := slices.Clone(found.First)
	if rest := found.Omitted(); rest > 0 {
		warnings = append(warnings, schema.Issue{
			Kind: schema.Rule, Message: fmt.Sprintf("%d more mistakes are not listed", rest), Hint: "correct these first",
		})
	}
	return warnings
}

// firstOf returns a list of issues as those of a check.
func firstOf(issues []schema.Issue) schema.Issues {
	return schema.Issues{First: issues[:min(len(issues), schema.MaxIssues)], Count: len(issues)}
}

// invalidFault returns the fault of a write whose result the model refuses.
func invalidFault(found schema.Issues, generation uint64) *fault.Fault {
	issues, count := found.First, found.Count
	text := issues[0].Text()
	switch {
	case found.Omitted() > 0:
		text = fmt.Sprintf("%s (and %d more, the first %d in issues)", text, count-1, len(issues))
	case count > 1:
		text = fmt.Sprintf("%s (and %d more, in issues)", text, count-1)
	}
	if !strings.HasSuffix(text, "?") {
		text += ";"
	}
	f := fault.New(fault.InvalidConfig, "%s nothing was written", text).
		With("issues", issues).With("generation", generation)
	if found.Omitted() > 0 {
		f = f.With("issues_omitted", found.Omitted())
	}
	return f
}

// notTOMLFault returns the fault of a text that is not TOML. subject names the text
// and ends with a verb, advice says what to do next.
func notTOMLFault(subject string, syntax *document.SyntaxError, advice string) *fault.Fault {
	return fault.New(fault.CorruptConfig, "%s not TOML: line %d, column %d: %s; %s",
		subject, syntax.Line, syntax.Column, syntax.Reason, advice).
		With("line", syntax.Line).With("column", syntax.Column)
}

// corruptFault returns the fault of a request while the file is not TOML.
// lastGood is the last configuration that is TOML, nil if none is known. The
// advice leads to a person: what is in the text cannot be shown, and the directory
// with its history, or a link in it, may come from a stranger.
func corruptFault(now *parsedState, lastGood *Snapshot) *fault.Fault {
	generation := now.state.Version.Generation
	const repair = "a person should repair it with realmconf edit"
	if lastGood == nil {
		return withNotices(notTOMLFault(now.metadata.FileName()+" is", now.syntax, repair).With("generation", generation), now.state.Notices)
	}
	good := lastGood.Version.Generation
	advice := fmt.Sprintf("%s; or, if the person says so, roll back to %d with expected_generation %d: what was changed after %d goes, and stays in the history", repair, good, generation, good)
	f := notTOMLFault(now.metadata.FileName()+" is", now.syntax, advice).With("generation", generation).With("last_good_generation", good)
	return withNotices(f, now.state.Notices)
}

// withNotices adds the store's notices to a fault, as a read has them.
func withNotices(f *fault.Fault, notices []store.Notice) *fault.Fault {
	if len(notices) == 0 {
		return f
	}
	return f.With("warnings", NoticeIssues(notices))
}

// NoticeIssues returns a store's notices as warnings. They concern the whole
// configuration.
func NoticeIssues(notices []store.Notice) []schema.Issue {
	var issues []schema.Issue
	for _, n := range notices {
		issues = append(issues, schema.Issue{Kind: schema.Kind(n.Kind), Message: n.Message, Hint: n.Hint})
	}
	return issues
}

// settlingFault returns the fault of a read while a text that was saved a moment ago
// has no generation yet, and the one before is not TOML.
func settlingFault(now *parsedState) *fault.Fault {
	generation := now.state.Version.Generation
	return notTOMLFault(fmt.Sprintf("generation %d is", generation), now.syntax,
		now.metadata.FileName()+" has been saved since and is settling: read again in a second; a write waits for it").
		With("generation", generation).With("settling", true)
}

// replacedWarning returns the warning of a write over a text that is not TOML: its
// changes are those to the last text that is.
func replacedWarning(broken uint64, base *Snapshot) schema.Issue {
	since := fmt.Sprintf("the changes are those to generation %d, the last text that is", base.baseOf)
	if base.baseOf == 0 {
		since = "there is no earlier text that is, and the changes are those to the defaults"
	}
	return schema.Issue{
		Kind:    schema.NotTOML,
		Message: fmt.Sprintf("the text of generation %d is not TOML and was replaced: %s; what else was written into it is not listed", broken, since),
		Hint:    fmt.Sprintf("it is kept: a person can see it with realmconf show %d --raw, and go on from it with realmconf edit --from %d", broken, broken),
	}
}

// relativeSyntaxFault returns the fault of a composition while the text of another
// realm is not TOML.
func relativeSyntaxFault(realm, fileName string, syntax *document.SyntaxError) *fault.Fault {
	subject := fmt.Sprintf("realm %q: %s is", realm, fileName)
	return notTOMLFault(subject, syntax, "Meerkat runs no agent of a realm that inherits from it: correct it in that realm").With("realm", realm)
}

// compositionFault returns the fault of documents that cannot be composed. It
// returns the errors of reading them as they are.
func compositionFault(subject string, err error) error {
	var refused *schema.CompositionError
	if !errors.As(err, &refused) {
		return err
	}
	return fault.New(fault.InvalidConfig, "%s cannot be composed: %s: %s", subject, refused.Message, refused.Advice).
		With("realm", refused.Realm).With("path", refused.Path)
}

// operationFault returns the fault of operations that cannot be applied.
func operationFault(err error, generation uint64) error {
	var e *tree.OperationError
	if !errors.As(err, &e) {
		return err
	}
	kind := schema.Missing
	if e.Test {
		kind = schema.Rule
	}
	text := e.Error()
	if !strings.HasSuffix(text, "?") {
		text += ";"
	}
	return fault.New(fault.InvalidConfig, "%s nothing was written", text).
		With("issues", []schema.Issue{{Kind: kind, Path: e.Pointer, Message: e.Reason}}).
		With("operation", e.Index).With("generation", generation)
}

// tooLargeFault returns the fault of a write whose text would be longer than MaxText.
func tooLargeFault() *fault.Fault {
	return fault.New(fault.TooLarge,
		"the text would be longer than %d bytes, which is the most: make it smaller; nothing was written", MaxText).
		With("limit", MaxText)
}

// tooManyKeysFault returns the fault of a write whose text would have more than
// document.MaxKeys or document.MaxTables.
func tooManyKeysFault() *fault.Fault {
	return fault.New(fault.TooLarge,
		"the text would have more than %d keys, tables and list entries, or more than %d tables: make it smaller; nothing was written", document.MaxKeys, document.MaxTables).
		With("limit", document.MaxKeys)
}

// locate adds to each issue the line and column of its key; for a key that is
// missing, those of the nearest table around it.
func locate(issues []schema.Issue, doc *document.Document) []schema.Issue {
	for i, issue := range issues {
		p, err := tree.ParsePointer(issue.Path)
		if err != nil {
			continue
		}
		for ; len(p) > 0; p = p[:len(p)-1] {
			if line, column, ok := doc.Position(p); ok {
				issues[i].Line, issues[i].Column = line, column
				break
			}
		}
	}
	return issues
}
