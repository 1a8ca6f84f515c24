package schema

// Report is the result of a check.
type Report struct {
	Issues   Issues // mistakes that are new
	Warnings Issues // mistakes that were there before, and names that refer to nothing
	// Unreadable is the first mistake, new or old, because of which the platform cannot
	// read the configuration at all; nil if there is none.
	Unreadable *Issue
}

// Issues are the mistakes of one sort in a configuration.
type Issues struct {
	First []Issue // in the order of their places: at most MaxIssues, fewer if their paths are long
	Count int     // of all of them
}

// Omitted returns how many issues are not in First.
func (i Issues) Omitted() int { return i.Count - len(i.First) }

// IsValid reports whether the check has found nothing at all.
func (r Report) IsValid() bool { return r.Issues.Count == 0 && r.Warnings.Count == 0 }
