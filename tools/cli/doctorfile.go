package cli

import (
	"context"
	"fmt"

	"realmconf/runtime/realm"
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
	case !files.HasState && files.Text != nil:
		number = "not written down yet: the first write does it"
	case files.Numbered():
		number = fmt.Sprint(files.Generation)
	}
	d.add(note, fmt.Sprintf("file %s, generation %s", place.Name, number), place.Path, "")
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

// subject names what is examined.
func (d *diagnosis) subject() string {
	if d.file != "" {
		return "the file"
	}
	return "the realm"
}
