package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"realmconf/runtime"
	"realmconf/runtime/document"
	"realmconf/runtime/fault"
	"realmconf/runtime/realm"
	"realmconf/runtime/store"
	"realmconf/runtime/store/file"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// diagnosis is the result of doctor: the findings about one realm's files.
type diagnosis struct {
	realm     string
	file      string // the name of the file if it is no realm's, else empty
	relatives relatives
	location  *realm.Location // nil for a shared realm
	files     file.Inspection // of a shared realm only its text
	model     *schema.Model
	runtime   *runtime.Runtime // for the history; nil if there is none

	hasManifest bool // it can be read

	sharedGeneration any // of a shared realm; nil if it is unknown

	config *document.Document // nil if the text is not TOML
	report schema.Report      // of the check of config

	findings []finding
}

// finding is one fact about the realm.
type finding struct {
	level level
	what  string
	where string // a path or a JSON Pointer; may be empty
	do    string // the next step; may be empty
}

// level is the severity of a finding.
type level string

const (
	note    level = "note"    // a normal state
	warning level = "warning" // it can become a problem
	problem level = "problem" // the realm cannot be used, or is at risk
)

// examine fills in the findings. The general ones come first; the last are about
// the configuration itself.
func (d *diagnosis) examine(ctx context.Context, now time.Time) {
	number := "unknown"
	if d.files.Numbered() {
		number = fmt.Sprint(d.files.Generation)
	}
	d.add(note, fmt.Sprintf("realm %q (%s), generation %s", d.location.ID, d.location.IDSource, number), d.location.Root, "")
	if d.checkWay() {
		return
	}
	d.checkManifest(ctx)
	d.checkManifestLock(now)
	d.checkTextAndState()
	d.checkHistory()
	d.checkGuard()
	d.checkLocks()
	d.checkLeases(now)
	d.checkModes()
	d.checkPeculiarities()
	d.checkLeftovers()
	d.checkDamaged()
	d.checkSuperseded()
	d.shorten()
	d.checkConfig(ctx)
	d.checkEffect(ctx)
}

// maxSimilar is how many similar findings are listed. A stranger may have put any
// number of files into a directory.
const maxSimilar = 5

// shorten leaves of many findings with the same next step about one directory's
// files only the first, and adds how many there are.
func (d *diagnosis) shorten() {
	type group struct {
		level   level
		dir, do string
	}
	groupOf := func(f finding) group { return group{f.level, filepath.Dir(f.where), f.do} }
	counts := map[group]int{}
	for _, f := range d.findings {
		counts[groupOf(f)]++
	}
	var list []finding
	for _, f := range d.findings {
		g := groupOf(f)
		n := counts[g]
		switch {
		case n < 0: // its group is reported
		case n > maxSimilar && f.do != "":
			f.what += fmt.Sprintf(" (%d more files are like this one)", n-1)
			counts[g] = -1
			list = append(list, f)
		default:
			list = append(list, f)
		}
	}
	d.findings = list
}

// isPeculiar reports whether the inspection found one of some kinds at a path.
func (d *diagnosis) isPeculiar(path string, kinds ...file.PeculiarityKind) bool {
	return slices.ContainsFunc(d.files.Peculiarities, func(p file.Peculiarity) bool {
		return p.Path == path && slices.Contains(kinds, p.Kind)
	})
}

func (d *diagnosis) add(l level, what, where, do string) {
	d.findings = append(d.findings, finding{l, what, where, do})
}

// count returns the number of findings of a level.
func (d *diagnosis) count(l level) int {
	n := 0
	for _, f := range d.findings {
		if f.level == l {
			n++
		}
	}
	return n
}

func (d *diagnosis) checkManifest(ctx context.Context) {
	m, err := d.location.Manifest(ctx)
	d.hasManifest = err == nil && m != nil
	switch {
	case err != nil:
		do := "restore it from a copy, or move it away: the next write makes a new one"
		if fault.StorageReason(err) == fault.Denied {
			do = grantCommand(d.location.ManifestPath, "r")
		}
		d.add(problem, fault.Of(err).Message, d.location.ManifestPath, do)
	case m == nil && (d.files.HasState || d.files.Text != nil || d.files.History.Files > 0):
		d.add(warning, "the realm has no manifest, so that Meerkat may not find it", d.location.ManifestPath, "the next write makes one")
	case m == nil && (d.files.DocumentErr != nil || d.files.StateErr != nil || d.files.History.Err != nil):
		// The realm exists; the other checks report its unreadable files.
	case m == nil:
		d.add(note, "the realm does not exist yet: it has the defaults", "", "the first write makes it")
	default:
		d.add(note, "the sessions' backend is "+fault.Clip(m.Backend), "", "")
	}
}

// restoresState explains where the generation comes from if the state is missing.
const restoresState = " makes it again, if the directory is writable: with the number of the history's newest text if that is the current text, else with a new number"

// checkTextAndState checks that config.toml is readable and that the state is its
// state.
func (d *diagnosis) checkTextAndState() {
	in := d.files
	if in.DocumentErr != nil && !d.isPeculiar(in.Document, file.IrregularInPlace, file.TooLong) { // reported by checkPeculiarities
		do := "repair the file" + d.earlierTexts()
		switch {
		case fault.StorageReason(in.DocumentErr) == fault.Denied:
			do = grantCommand(in.Document, "r")
		case d.isLink():
			do = "ls -l " + shellWord(d.location.ConfigPath) + " shows where it leads; remove it if you do not know who made it" + d.earlierTexts()
		}
		d.add(problem, d.fileName()+" cannot be read: "+reasonOf(in.DocumentErr), in.Document, do)
	}
	switch {
	case d.isPeculiar(in.StatePath, file.OneFile): // reported by checkPeculiarities
	case in.StateDamaged:
		reason := reasonOf(in.StateErr)
		switch {
		case d.isPeculiar(in.StatePath, file.LinkInPlace):
			reason = "it is a symbolic link, which somebody may have put there"
		case d.isPeculiar(in.StatePath, file.IrregularInPlace):
			reason = "it is a directory, a pipe or a device"
		}
		d.add(warning, "config_state.json is damaged and counts as missing: "+reason, in.StatePath, d.nextAccess()+restoresState+"; the damaged file is kept in config_history")
	case in.StateErr != nil:
		do := "make it readable"
		if fault.StorageReason(in.StateErr) == fault.Denied {
			do = grantCommand(in.StatePath, "r")
		}
		d.add(problem, "config_state.json cannot be read: "+reasonOf(in.StateErr), in.StatePath, do)
	}
	if in.DocumentErr != nil || in.StateErr != nil {
		return
	}
	switch {
	case in.Agreement == file.Disagrees && !in.HasState:
		d.add(warning, "config_state.json, which has the generation, is missing", in.StatePath, d.nextAccess()+restoresState)
	case in.Agreement == file.Agrees:
		d.add(note, "text and generation belong together", "", "")
	case in.Agreement == file.AgreesUnrecorded:
		d.add(note, "Meerkat wrote last; the history does not have it yet", in.StatePath, "the next write records it")
	case in.Agreement == file.Torn:
		d.add(warning, "a commit was interrupted after it had replaced the text", in.Document, d.nextAccess()+" completes it, if the directory is writable")
	case in.Agreement == file.Disagrees && in.Text == nil:
		d.add(warning, fmt.Sprintf("%s is missing, although %s is at generation %d", d.fileName(), d.subject(), in.Generation), in.Document,
			fmt.Sprintf("put it back if it was moved; the next read or write makes its absence a generation, and then realmconf rollback %d brings the text back", in.Generation))
	case in.Agreement == file.Disagrees && len(in.NotWritable) > 0:
		d.add(warning, fmt.Sprintf("another program changed the text, and it gets no generation because nothing can be written: reads answer with the text of generation %d, if the history has it", in.Generation), in.Document,
			"make the directory writable, and the next read or write gives it a generation; until then look at the file itself")
	case in.Agreement == file.Disagrees && in.Generation < in.History.Newest:
		d.add(warning, fmt.Sprintf("the text is not that of generation %d, which config_state.json has, and the history goes up to generation %d: another program changed the text, or put an old state back", in.Generation, in.History.Newest), in.Document,
			d.nextAccess()+" gives the text a new generation above all known ones, if the directory is writable")
	case in.Agreement == file.Disagrees:
		d.add(warning, "another program changed the text, and it has no generation yet", in.Document,
			d.nextAccess()+" gives it a generation, if the directory is writable")
	}
}

// nextAccess begins the next step for a state that the next read or write mends. Without
// the lock that does not happen.
func (d *diagnosis) nextAccess() string {
	const access = "the next read or write"
	guard := d.files.GuardPath
	if d.files.GuardErr != nil || d.isPeculiar(guard, file.LinkInPlace, file.IrregularInPlace, file.ManyNames) {
		return "first what is said of " + filepath.Base(guard) + ": after that " + access
	}
	return "nothing: " + access
}

// isLink reports whether config.toml cannot be read because it is a link: a
// refused one, or one to a file that does not exist.
func (d *diagnosis) isLink() bool {
	reason := fault.StorageReason(d.files.DocumentErr)
	return reason == fault.Link || reason == fault.Gone
}

// earlierTexts adds to the next step of an unreadable config.toml where its
// earlier texts are.
func (d *diagnosis) earlierTexts() string {
	if d.files.History.Files == 0 {
		return ""
	}
	return "; realmconf history lists its earlier texts"
}

func (d *diagnosis) checkHistory() {
	h := d.files.History
	switch {
	case d.isPeculiar(d.files.HistoryPath, file.LinkInPlace, file.IrregularInPlace): // reported by checkPeculiarities
	case h.Err != nil && fault.Of(h.Err).Data["reason"] == fault.Full: // its text says what to do
		d.add(problem, "the history cannot be read: "+reasonOf(h.Err), d.files.HistoryPath, "")
	case fault.StorageReason(h.Err) == fault.Denied:
		d.add(problem, "the history cannot be read: permission denied", d.files.HistoryPath, grantCommand(d.files.HistoryPath, "rwx"))
	case h.Err != nil:
		d.add(problem, "the history cannot be read: "+reasonOf(h.Err), d.files.HistoryPath, "make config_history readable")
	case h.Oldest > 0: // it has a record
		d.add(note, fmt.Sprintf("the history has generations %d to %d, in %s", h.Oldest, h.Newest, formatCount(h.Files-len(h.Unreadable)-len(h.Irregular)-len(h.Denied), "file")), "", "")
	}
	for _, path := range h.Denied {
		d.add(problem, "this record of the history cannot be read: permission denied; changes may be refused", path, grantCommand(path, "r"))
	}
	if h.Unread > 0 {
		d.add(note, fmt.Sprintf("the history is long: of its %s only the beginning was examined", formatCount(h.Unread, "oldest file")), d.files.HistoryPath, "")
	}
	for _, path := range h.Far {
		d.add(warning, "the number of this file is above 2^52 and far above those of all others, so that no commit can have led to it: somebody may have put it there, and it is not used", path, "look at it, and move it away")
	}
	for _, path := range h.Jumps {
		d.add(warning, "the number of this file is more than 2^32 above that of the file before it, to which no commits lead: somebody may have put it there, and the next generations follow it", path, "look at it; if the generations have not followed it yet, move it away")
	}
	for _, path := range h.Unreadable {
		d.add(warning, "a file of the history is incomplete, or is none of realmconf's", path, "nothing, if the machine lost power: the number in its name is not used again; else move it away")
	}
	for _, path := range h.Irregular {
		d.add(warning, "a link, a directory, a pipe or a device is in the place of this file of the history, and it is not used: no crash makes one", path, "ls -l shows of which kind it is; move it away")
	}
	if !h.Current && h.Err == nil && len(h.Denied) == 0 && d.files.Generation > 0 && d.files.Agreement == file.Agrees {
		what := fmt.Sprintf("the history does not have generation %d", d.files.Generation)
		if h.Files == 0 {
			what = fmt.Sprintf("there is no history, although %s is at generation %d", d.subject(), d.files.Generation)
		}
		d.add(warning, what, d.files.HistoryPath, "restore it from a copy if there is one; otherwise earlier changes cannot be undone, and the next write starts a new history")
	}
}

func (d *diagnosis) checkLeases(now time.Time) {
	list, err := d.location.Leases(now)
	if err != nil {
		d.add(warning, "the leases cannot be read: "+fault.Of(err).Message, filepath.Join(d.location.Root, "leases"), "remove what is there if no Meerkat server runs here")
	}
	for _, l := range list {
		owner := fmt.Sprintf("%s, process %d", l.Surface, l.PID)
		if l.Instance != "" {
			owner += fmt.Sprintf(", instance %q", l.Instance)
		}
		switch {
		case l.Err != nil:
			d.add(warning, "a lease cannot be read", l.Path, "remove the file if no Meerkat server runs here")
		case l.Live():
			d.add(note, "Meerkat has the realm open: "+owner, l.Path, "")
		default:
			d.add(note, fmt.Sprintf("a Meerkat server ended without removing its lease: %s, last seen %s", owner, formatAge(l.Age)), l.Path, "")
		}
	}
}

func (d *diagnosis) checkLeftovers() {
	for _, path := range d.files.Leftovers {
		d.add(note, "a running or interrupted commit has left a file", path, "nothing: the next write examines it, and removes it or keeps it in config_history")
	}
	for _, path := range d.files.Displaced {
		d.add(warning, "a text that another program saved in the moment of a commit, or that a crash left, was not applied and is kept here", path, "copy from it what is needed, and remove it")
	}
}

// checkDamaged reports the damaged states that were replaced.
func (d *diagnosis) checkDamaged() {
	for _, path := range d.files.Damaged {
		d.add(warning, "config_state.json was damaged; the generation was found in the history, or is a new one (operation recovered), and the damaged file is kept here", path, "look at it if the damage is not explained by a crash, and remove it")
	}
}

// checkSuperseded reports the generations that other programs have written over.
func (d *diagnosis) checkSuperseded() {
	for _, path := range d.files.Superseded {
		d.add(warning, "another program wrote over a committed generation without having read it; realmconf history lists it as superseded", path, "realmconf diff and the generation in the name show what was lost; repeat it if it is still wanted, and remove the file")
	}
}

// addLongConfig reports a text that is too long to be read.
func (d *diagnosis) addLongConfig() {
	d.add(problem, fmt.Sprintf("%s has more than the %d bytes that are allowed", d.fileName(), runtime.MaxText), d.files.Document, "make it shorter")
}

// repairs returns the next step for a text that is not TOML.
func (d *diagnosis) repairs(ctx context.Context) string {
	if d.runtime != nil {
		if good, ok := d.runtime.LastGood(ctx); ok {
			return fmt.Sprintf("realmconf edit; or realmconf rollback %d, to the last generation that is TOML (realmconf show %[1]d prints it)", good)
		}
	}
	return "realmconf edit; the history has no generation that is TOML"
}

// fileName returns the name of the text in a finding.
func (d *diagnosis) fileName() string {
	if d.location == nil {
		return "the configuration"
	}
	return store.Metadata{File: d.file}.FileName()
}

// checkConfig checks that the text is a valid configuration.
func (d *diagnosis) checkConfig(ctx context.Context) {
	if d.files.Text == nil {
		return
	}
	if len(d.files.Text) > runtime.MaxText {
		return // reported by checkPeculiarities
	}
	doc, err := document.Parse(d.files.Text)
	var syntax *document.SyntaxError
	if errors.As(err, &syntax) {
		d.add(problem, fmt.Sprintf("%s is not TOML: line %d, column %d: %s", d.fileName(), syntax.Line, syntax.Column, syntax.Reason),
			d.files.Document, d.repairs(ctx))
		return
	}
	if err != nil {
		d.add(problem, d.fileName()+" cannot be read: "+reasonOf(err), d.files.Document, "make it shorter")
		return
	}
	// Check compares with an earlier configuration. With an empty one, every mistake
	// is an issue.
	d.config, d.report = doc, d.model.Check(doc.Tree(), tree.Object{})
	d.addIssues(problem, doc, d.report.Issues, "realmconf edit")
	d.addIssues(warning, doc, d.report.Warnings, "")
	d.checkArguments(doc.Tree())
	if d.report.Issues.Count == 0 {
		d.add(note, "the configuration is valid", d.files.Document, "")
	}
}

// addIssues adds the first issues of a text, and how many more there are.
func (d *diagnosis) addIssues(as level, doc *document.Document, issues schema.Issues, advice string) {
	for _, issue := range locateIssues(doc, issues.First) {
		d.add(as, linePrefix(issue)+issue.Text(), issue.Path, advice)
	}
	if more := issues.Omitted(); more > 0 {
		d.add(as, fmt.Sprintf("and %d more mistakes", more), "", advice)
	}
}

// reasonOf returns an error's text for the person at the machine. It includes a
// fault's cause, but no part of a file.
func reasonOf(err error) string {
	var f *fault.Fault
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax): // its own text quotes the file
		return fmt.Sprintf("it is not JSON from byte %d on", syntax.Offset)
	case errors.As(err, &f) && f.Cause != nil:
		return fmt.Sprintf("%s (%v)", f.Message, f.Cause)
	}
	return err.Error()
}
