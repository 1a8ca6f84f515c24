package cli

import (
	"fmt"
	"os"
	"time"

	"realmconf/runtime/realm"
)

// diagnoseTwice reports a realm that exists under both state roots, and how to make one
// of the two. That happens when a program that was given no XDG variables, as some hosts
// give none, looked in another data directory and made the realm in the project. The
// project's is the one to keep: it is found whatever the environment.
func (s *Session) diagnoseTwice(twice *realm.ExistsTwice) (*diagnosis, error) {
	d := &diagnosis{location: &realm.Location{ID: twice.ID}}
	var copies []*realm.Location
	for _, root := range []string{twice.Local, twice.Global} {
		one := s.Realm
		one.StateRoot = root
		location, files, err := realm.Inspect(one)
		if err != nil {
			return nil, err
		}
		number := "unknown"
		if files.Numbered() {
			number = fmt.Sprint(files.Generation)
		}
		changed := ""
		if info, err := os.Stat(files.Document); err == nil {
			changed = ", config.toml changed " + formatAge(time.Since(info.ModTime()))
		}
		d.add(note, fmt.Sprintf("realm %q, generation %s%s", twice.ID, number, changed), location.Root, "")
		copies = append(copies, location)
	}
	d.add(problem, fmt.Sprintf("realm %q exists twice, and no program can choose: that in the project is found whatever the environment, that in the user's data directory only with the same XDG_DATA_HOME and HOME", twice.ID), "",
		joinRealms(copies[0], copies[1].Root, copies[1].ConfigPath))
	return d, nil
}

// checkElsewhere reports a realm with the same id in another data directory of the user.
func (d *diagnosis) checkElsewhere(s realm.Selection) {
	for _, root := range realm.Elsewhere(s, d.location) {
		s.StateRoot = root
		other, _, err := realm.Inspect(s)
		if err != nil {
			continue
		}
		d.add(warning, fmt.Sprintf("realm %q exists twice, here and in another data directory of this user: a program that is given another XDG_DATA_HOME, or none, uses the other one", d.location.ID), other.Root,
			fmt.Sprintf("give each program --state-root %s; and to make one of the two: %s", shellWord(d.location.StateRoot), joinRealms(d.location, other.Root, other.ConfigPath)))
	}
}

// joinRealms says how to take over the configuration of another realm with the same id.
func joinRealms(kept *realm.Location, otherRoot, otherConfig string) string {
	do := fmt.Sprintf("move the other realm away: mv %[1]s %[1]s.old (its sessions stay there)", shellWord(otherRoot))
	if _, err := os.Stat(otherConfig); err != nil {
		return do
	}
	selected := fmt.Sprintf("realmconf --realm %s --state-root %s", shellWord(kept.ID), shellWord(kept.StateRoot))
	return fmt.Sprintf("%s set %s --dry-run shows how the other configuration differs, and without --dry-run it is taken over; then %s", selected, shellWord(otherConfig), do)
}
