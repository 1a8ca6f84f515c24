package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"realmconf/runtime"
	"realmconf/runtime/document"
	"realmconf/runtime/fault"
	"realmconf/runtime/realm"
	"realmconf/runtime/store/file"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// diagnosis is what doctor finds.
type diagnosis struct {
	location *realm.Location
	files    file.Inspection
	model    *schema.Model

	findings []finding
}

// examine looks at everything, in the order in which a person would want to
// know of it.
func (d *diagnosis) examine(ctx context.Context, now time.Time) {
	d.add(note, fmt.Sprintf("realm %q (%s), generation %s", d.location.ID, d.location.Origin, d.number()), d.location.Root, "")
	if d.noPlace() {
		return // nothing else can be
	}
	d.manifest(ctx)
	d.together()
	d.history()
	d.locks()
	d.leases(now)
	d.modes()
	d.leftovers()
	d.config()
}

func (d *diagnosis) number() string {
	if !d.files.Numbered() {
		return "unknown"
	}
	return fmt.Sprint(d.files.Generation)
}

// noPlace tells of a file that stands where the realm's directories should be.
func (d *diagnosis) noPlace() bool {
	for _, path := range []string{d.location.ManifestPath, d.files.StatePath} {
		if file := inTheWay(path); file != "" {
			d.add(problem, "this is not a directory, so that the realm cannot be there", file, "move it away, or choose another place: --state-root says where the realms are")
			return true
		}
	}
	return false
}

func (d *diagnosis) manifest(ctx context.Context) {
	m, err := d.location.Manifest(ctx)
	switch {
	case err != nil:
		d.add(problem, fault.Of(err).Message, d.location.ManifestPath, "")
	case m == nil && (d.files.HasState || d.files.Text != nil || d.files.History.Files > 0):
		d.add(warning, "the realm has no manifest, so that Meerkat may not find it", d.location.ManifestPath, "the next write makes one")
	case m == nil && (d.files.DocumentErr != nil || d.files.StateErr != nil || d.files.History.Err != nil):
		// What is wrong with them is told of elsewhere.
	case m == nil:
		d.add(note, "the realm does not exist yet: it has the defaults", "", "the first write makes it")
	default:
		d.add(note, "the sessions' backend is "+m.Backend, "", "")
	}
}

// anew is where the generation comes from when the state is gone.
const anew = "the next read or write makes it anew, if the directory can be written, under the number of the history's newest text if that is the one that is there, else under a new one"

// together tells whether text and state are one.
func (d *diagnosis) together() {
	in := d.files
	if in.DocumentErr != nil {
		do := "put the file right"
		if in.History.Files > 0 {
			do += "; realmconf history lists what it was"
		}
		d.add(problem, "config.toml cannot be read: "+reason(in.DocumentErr), in.Document, do)
	}
	if in.StateErr != nil {
		d.add(problem, "config_state.json cannot be read: "+reason(in.StateErr), in.StatePath,
			"make it readable; if it is damaged, remove it: "+anew)
	}
	if in.DocumentErr != nil || in.StateErr != nil {
		return
	}
	if !in.HasState && in.StateOwns == file.ChangedText {
		d.add(warning, "config_state.json, which has the generation, is not there", in.StatePath,
			"nothing: "+anew)
		return
	}
	switch in.StateOwns {
	case file.Together:
		d.add(note, "text and generation belong together", "", "")
	case file.Platforms:
		d.add(note, "Meerkat wrote last; the history does not have it yet", in.StatePath, "the next write records it")
	case file.ChangedText:
		d.add(warning, "the text was changed around realmconf and has no generation yet", in.Document,
			"nothing: the next read or write makes it a generation, if the directory can be written")
	}
}

func (d *diagnosis) history() {
	h := d.files.History
	switch {
	case h.Err != nil:
		d.add(problem, "the history cannot be read: "+reason(h.Err), "", "make config_history readable")
	case h.Files > 0:
		d.add(note, fmt.Sprintf("the history has generations %d to %d, in %s", h.Oldest, h.Newest, count(h.Files, "file")), "", "")
	}
	for _, path := range h.Unreadable {
		d.add(warning, "a file of the history is not whole", path, "nothing, if the machine lost power; its numbers are not used again")
	}
	if !h.Current && h.Err == nil && d.files.Generation > 0 && d.files.StateOwns == file.Together {
		what := fmt.Sprintf("the history does not have generation %d", d.files.Generation)
		if h.Files == 0 {
			what = fmt.Sprintf("there is no history, although the realm is at generation %d", d.files.Generation)
		}
		d.add(warning, what, d.files.HistoryPath, "restore it from a copy if there is one; nothing can be undone beyond this generation, and the next write goes on from here")
	}
}

func (d *diagnosis) locks() {
	for _, l := range d.files.Locks {
		who := "one of Meerkat's programs"
		if l.Ours {
			who = fmt.Sprintf("realmconf, process %d on %s", l.PID, l.Host)
		}
		switch {
		case l.Irregular:
			d.add(problem, "it is not a lock file but a directory, a link, a pipe or a device: no program can take the lock", l.Path, "remove it")
		case !l.ThisRun:
			d.add(warning, fmt.Sprintf("%s held the realm when the machine was last started anew", who), l.Path, "nothing: the next write takes the lock over")
		case l.Stale():
			d.add(warning, fmt.Sprintf("%s left its lock behind, last touched %s", who, age(l.Age)), l.Path, "nothing: the next write takes the lock over")
		default:
			d.add(warning, fmt.Sprintf("%s holds the realm, lock last touched %s", who, age(l.Age)), l.Path,
				"wait: a lock is held for moments; if its owner has crashed, it is taken over when it is 30 seconds old")
		}
	}
}

func (d *diagnosis) leases(now time.Time) {
	list, err := d.location.Leases(now)
	if err != nil {
		d.add(warning, "the leases cannot be read: "+reason(err), "", "")
	}
	for _, l := range list {
		switch {
		case l.Err != nil:
			d.add(warning, "a lease cannot be read", l.Path, "remove the file if no server of Meerkat's runs here")
		case l.Live():
			d.add(note, fmt.Sprintf("Meerkat has the realm open: %s", holder(l)), l.Path, "")
		default:
			d.add(note, fmt.Sprintf("a server of Meerkat's ended without saying so: %s, last seen %s", holder(l), age(l.Age)), l.Path, "")
		}
	}
}

func (d *diagnosis) modes() {
	for _, c := range d.files.Closed {
		d.add(warning, "nothing can be written here: "+c.Err.Error(), c.Path, "to change the configuration, give the user that runs realmconf the right to make files there, or mount it writable")
	}
	texts := 0
	for _, f := range d.files.Open {
		if filepath.Dir(f.Path) == d.files.HistoryPath {
			texts++
			continue
		}
		what := "others than the owner may read it, with whatever secrets it holds"
		if f.Mode&0o022 != 0 {
			what = "others than the owner may change it"
		}
		d.add(warning, fmt.Sprintf("%s (mode %04o)", what, f.Mode), f.Path, "chmod go-rwx "+shellWord(f.Path)+", unless they should")
	}
	if texts > 0 {
		d.add(warning, fmt.Sprintf("others than the owner may read %s of the history, with whatever secrets they hold", count(texts, "text")), d.files.HistoryPath,
			"chmod -R go-rwx "+shellWord(d.files.HistoryPath)+", unless they should")
	}
}

func (d *diagnosis) leftovers() {
	for _, path := range d.files.Leftovers {
		d.add(note, "a commit that is under way, or was interrupted, has left a file", path, "nothing: the next write looks at it and removes it")
	}
	for _, path := range d.files.Displaced {
		d.add(warning, "a text that somebody saved was displaced by a commit and is kept here", path, "take from it what is needed, and remove it")
	}
}

// config tells whether the configuration is valid.
func (d *diagnosis) config() {
	if d.files.Text == nil {
		return
	}
	if len(d.files.Text) > runtime.MaxText {
		d.add(problem, fmt.Sprintf("config.toml has more than %d bytes, which is the most", runtime.MaxText), d.files.Document, "make it shorter")
		return
	}
	doc, err := document.Parse(d.files.Text)
	var syntax *document.SyntaxError
	if errors.As(err, &syntax) {
		d.add(problem, fmt.Sprintf("config.toml is not TOML: line %d, column %d: %s", syntax.Line, syntax.Column, syntax.Reason),
			d.files.Document, "realmconf edit, or realmconf rollback to a generation of realmconf history")
		return
	}
	if err != nil {
		d.add(problem, "config.toml cannot be read: "+reason(err), d.files.Document, "make it shorter")
		return
	}
	// Compared with nothing, every mistake is an issue.
	issues, warnings := d.model.Check(doc.Tree(), tree.Object{})
	for _, issue := range placed(doc, issues) {
		d.add(problem, place(issue)+issue.Text(), issue.Path, "realmconf edit")
	}
	for _, issue := range placed(doc, warnings) {
		d.add(warning, place(issue)+issue.Text(), issue.Path, "")
	}
	if len(issues) == 0 {
		d.add(note, "the configuration is valid", d.files.Document, "")
	}
}

// reason is an error in words that a person at the machine may read: also what
// a fault keeps to itself.
func reason(err error) string {
	var f *fault.Fault
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax): // whose text shows what the file says
		return fmt.Sprintf("it is not JSON from byte %d on", syntax.Offset)
	case errors.As(err, &f) && f.Cause != nil:
		return fmt.Sprintf("%s (%v)", f.Message, f.Cause)
	}
	return err.Error()
}
