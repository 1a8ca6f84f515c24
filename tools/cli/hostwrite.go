package cli

import (
	"bytes"
	"context"

	"realmconf/runtime/fault"
	"realmconf/tools/hosts"
	"realmconf/tools/layout"
	"realmconf/tools/policy"
)

// hostEntry is the entry of a server that is to be in a host's settings.
type hostEntry struct {
	host    hosts.Host
	place   hosts.Place
	server  hosts.Server
	machine hosts.Machine
}

// writeHost puts an entry into a host's settings: it shows how they would differ, in a
// pipe only the entry, and writes them after a yes. Settings that cannot be edited without
// a loss stay as they are, and it prints the entry.
func (s *Session) writeHost(ctx context.Context, e *hostEntry, isYes bool) error {
	file, err := e.place.Read(e.machine)
	if err != nil {
		return withoutHint(err)
	}
	if !e.host.CanEdit(e.place, file.Text) {
		s.printHost(e)
		s.message("nothing was written: %s is YAML with other settings, which is not edited here: put the entry there yourself", file.Path)
		return errReported
	}
	text, err := e.host.Apply(e.place, file.Text, e.server)
	if err != nil {
		return &hintedError{placeError(file.Path, err), "realmconf host " + e.host.Name + " prints the entry"}
	}
	if bytes.Equal(text, file.Text) {
		s.message("nothing to change: %s has the entry already", file.Path)
		return nil
	}
	if err := file.CheckWrite(); err != nil {
		return withoutHint(err)
	}
	s.print("%s\n", policy.EscapeHidden(file.Path))
	if s.Terminal.Interactive {
		s.printLines(string(file.Text), string(text))
	} else { // the settings of other servers have secrets, and an agent may read the pipe
		s.write(e.host.Snippet(e.place, e.server))
	}
	if !isYes && !s.confirm(ctx, "write this into "+file.Path+"?") {
		return errReported
	}
	if err := file.Replace(text); err != nil {
		return withoutHint(err)
	}
	s.message("written: restart %s if it runs", e.host.Title)
	s.printHostNotes(e)
	return nil
}

// canWrite reports whether writeHost can put an entry into the settings at a place of a
// host, as they are now.
func canWrite(h hosts.Host, p hosts.Place, m hosts.Machine) bool {
	if h.CanEdit(p, []byte("other settings")) {
		return true
	}
	file, err := p.Read(m)
	return err == nil && h.CanEdit(p, file.Text)
}

// withoutHint leaves out the hint of an error about a host's settings: the general ones
// are about the realm.
func withoutHint(err error) error { return &hintedError{err, ""} }

// placeError adds the file to an error about its text.
func placeError(path string, err error) error {
	f := *fault.Of(err)
	f.Message = path + ": " + f.Message
	return &f
}

// printLines prints how two texts differ.
func (s *Session) printLines(before, after string) {
	for _, line := range layout.DiffLines(before, after) {
		text := string(line.Sign) + policy.EscapeHidden(line.Text)
		switch {
		case line.Sign == '-':
			text = s.Terminal.paint(red, text)
		case line.Sign == '+':
			text = s.Terminal.paint(green, text)
		}
		s.print("%s\n", text)
	}
}
