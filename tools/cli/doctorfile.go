package cli

import (
	"context"
	"fmt"

	"realmconf/runtime/document"
	"realmconf/runtime/fault"
	"realmconf/runtime/realm"
	"realmconf/runtime/store/file"
)

// diagnoseFile examines any file and the directory of its state.
func (s *Session) diagnoseFile(ctx context.Context) (*diagnosis, error) {
	place, files, err := realm.InspectFile(s.Realm)
	if err != nil {
		return nil, err
	}
	d := &diagnosis{
		file: place.Name, files: files, model: s.Model, runtime: s.Runtime,
		location: &realm.Location{Root: place.StateDir, StateDir: place.StateDir, ConfigPath: place.Path},
	}
	number := "unknown"
	switch {
	case files.StateDirErr != nil: // the number may be there
	case !files.HasState && files.Text != nil:
		number = "not written down yet: the first write does it"
	case files.Numbered():
		number = fmt.Sprint(files.Generation)
	}
	d.add(note, fmt.Sprintf("file %s, generation %s", place.Name, number), place.Path, "")
	if files.StateDirErr != nil {
		d.checkStateDir()
		d.checkConfig(ctx)
		return d, nil
	}
	if files.Text == nil && files.DocumentErr == nil && !files.HasState {
		d.add(note, "the file does not exist yet", place.Path, "the first write makes it")
	}
	if d.checkWay() {
		return d, nil
	}
	d.checkTextAndState()
	d.checkHistory()
	d.checkGuard()
	d.checkModes()
	d.checkPeculiarities()
	d.checkLeftovers()
	d.checkDamaged()
	d.checkSuperseded()
	d.shorten()
	d.checkSchema()
	s.checkFlags(d)
	d.checkConfig(ctx)
	return d, nil
}

// checkSchema lists the parts of the schema that have no effect.
func (d *diagnosis) checkSchema() {
	ignored := d.model.Ignored()
	for _, part := range ignored[:min(len(ignored), maxSimilar)] {
		d.add(note, "a part of the schema has no effect, "+part, "", "")
	}
	if more := len(ignored) - maxSimilar; more > 0 {
		d.add(note, fmt.Sprintf("%d more parts of the schema have no effect", more), "", "")
	}
}

// checkFlags names the places in flags that neither the file nor its schema has.
func (s *Session) checkFlags(d *diagnosis) {
	doc, err := document.Parse(d.files.Text)
	if err != nil {
		return
	}
	for _, text := range idlePlaces(s.Schema, s.Writes.Allow, s.Model, doc.Tree()) {
		d.add(warning, text, "", "correct the flag, or write the key")
	}
}

// checkStateDir reports a directory beside the file that does not keep its state. Nothing
// in it was examined.
func (d *diagnosis) checkStateDir() {
	dir := d.location.StateDir
	keeps := ", which keeps the state of " + d.file + ", so that it can be neither read nor changed"
	const again = "the next write makes a new one, and the history begins again"
	switch err := d.files.StateDirErr; fault.Of(err).Data["reason"] {
	case fault.Link:
		d.add(problem, "a symbolic link, which somebody may have put there, is in the place of the directory"+keeps, dir,
			"ls -l "+shellWord(dir)+" shows where it leads; remove the link, and put the directory itself there if it is your own; else "+again)
	case fault.Denied:
		d.add(problem, fmt.Sprintf("user %d made the directory%s: that user could read what is kept there", file.AccessOf(dir).Owner, keeps), dir, "move it away: "+again)
	case fault.IO:
		d.add(problem, "a file, a pipe or a device is in the place of the directory"+keeps, dir, "move it away: "+again)
	default:
		d.add(problem, "the directory"+keeps+" cannot be read: "+reasonOf(err), dir, "")
	}
}

// subject names what is examined.
func (d *diagnosis) subject() string {
	if d.file != "" {
		return "the file"
	}
	return "the realm"
}

// directory names the directory of the state.
func (d *diagnosis) directory() string {
	if d.file != "" {
		return "the directory of its state"
	}
	return "the realm's directory"
}
