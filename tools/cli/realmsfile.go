package cli

import (
	"fmt"
	"os"
	"time"

	"realmconf/runtime/realm"
	"realmconf/schema/tree"
)

// printFile prints, in the place of the list of realms, the file of --file: its place, its
// generation and when it was last changed.
func (s *Session) printFile(asJSON bool) error {
	place, files, err := realm.InspectFile(s.Realm)
	if err != nil {
		return err
	}
	o := tree.Object{"file": place.Path, "state": place.StateDir, "generation": nil, "last_change": nil}
	generation, changed := "none yet", "never"
	if files.HasState && files.Numbered() {
		o["generation"], generation = files.Generation, fmt.Sprint(files.Generation)
	}
	if info, err := os.Stat(place.Path); err == nil {
		o["last_change"] = tree.Object{"at": info.ModTime().UTC().Format(time.RFC3339)}
		changed = info.ModTime().Local().Format(time.DateTime)
	}
	if asJSON || !s.Terminal.Interactive {
		s.printJSON(tree.Append(nil, tree.Object{"files": []any{o}}))
		return nil
	}
	for i, line := range formatTable([][]string{{"FILE", "GENERATION", "CHANGED"}, {place.Path, generation, changed}}, []int{0, 20, 19}) {
		if i == 0 {
			s.printLine(bold, line)
		} else {
			s.printLine("", line)
		}
	}
	return nil
}
