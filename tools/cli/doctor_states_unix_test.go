//go:build unix

package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"realmconf/schema/tree/treetest"
)

// age sets the time stamp of a file of the realm.
func (p *planted) age(name string, by time.Duration) {
	p.t.Helper()
	at := time.Now().Add(-by)
	p.must(os.Chtimes(p.path(name), at, at))
}

// inPlaceOf moves a directory on the way to the realm elsewhere, and leaves what put
// makes. up is how many directories it is above the realm's.
func (p *planted) inPlaceOf(up int, put func(path, moved string) error) {
	p.t.Helper()
	dir, moved := p.dir, filepath.Join(p.outside, "moved")
	for range up {
		dir = filepath.Dir(dir)
	}
	p.must(os.Rename(dir, moved), put(dir, moved))
}

// closeDirectory takes rights from a directory until the test ends.
func (p *planted) closeDirectory(name string, mode os.FileMode) {
	p.t.Helper()
	p.must(os.Chmod(p.path(name), mode))
	p.t.Cleanup(func() { _ = os.Chmod(p.path(name), 0o700) })
}

// The directories on the way to a realm, rights, locks, and pairs of a text and a state
// that do not belong together: doctor has one finding for the cause, and none for what
// follows from it.
func TestDoctor_everyState(t *testing.T) {
	const (
		linkOnTheWay = "a symbolic link is in the place of this directory"
		wrongKind    = "this is not a directory, so that the realm cannot be there"
		numberAgain  = "nothing: the next read or write gives the text a new generation"
	)
	foreignFiles := treetest.Cases(1_000, 200)
	link := func(path, moved string) error { return os.Symlink(moved, path) }
	states := []plantedState{
		// directories on the way
		{"a link as .rkat", func(p *planted) { p.inPlaceOf(2, link) }, []finding{{problem, linkOnTheWay, "", "ls -l "}}},
		{"a link as realms", func(p *planted) { p.inPlaceOf(1, link) }, []finding{{problem, linkOnTheWay, "", "ls -l "}}},
		{"a link as the realm", func(p *planted) { p.inPlaceOf(0, link) }, []finding{{problem, linkOnTheWay, "", "ls -l $ "}}},
		{"a link to itself as the realm", func(p *planted) {
			p.inPlaceOf(0, func(path, _ string) error { return os.Symlink(path, path) })
		}, []finding{{problem, linkOnTheWay, "", "ls -l $ "}}},
		{"a pipe as the realm", func(p *planted) { p.inPlaceOf(0, func(path, _ string) error { return pipe(path) }) }, []finding{{problem, wrongKind, "", "move it away"}}},
		{"a pipe as realms", func(p *planted) { p.inPlaceOf(1, func(path, _ string) error { return pipe(path) }) }, []finding{{problem, wrongKind, "", "move it away"}}},
		{"a file as .rkat", func(p *planted) {
			p.inPlaceOf(2, func(path, _ string) error { return os.WriteFile(path, nil, 0o600) })
		}, []finding{{problem, wrongKind, "", "move it away"}}},
		{"a device as .rkat", func(p *planted) {
			p.inPlaceOf(2, func(path, _ string) error { return os.Symlink("/dev/zero", path) })
		}, []finding{{problem, linkOnTheWay, "", "ls -l "}}},
		// a link whose target others may read
		{"a link to a script", func(p *planted) {
			p.moveOut("config.toml")
			p.must(os.Chmod(filepath.Join(p.outside, "config.toml"), 0o644))
		}, []finding{{problem, "config.toml cannot be read: read config.toml: it is a link ", "", "ls -l "}}},
		// rights
		{"a directory that a group shares", func(p *planted) { p.must(os.Chmod(p.dir, 0o770|os.ModeSetgid)) },
			[]finding{{warning, "others than the owner can change it (mode 0770)", "", "chmod go-rwx $, unless they should"}}},
		// locks
		{"the stale lock of a peer", func(p *planted) {
			p.write("config_state.lock", "config-runtime-lock")
			p.age("config_state.lock", time.Hour)
		},
			[]finding{{warning, "one of Meerkat's programs left its lock behind, last touched 1 hour ago", "", "nothing: the next write takes the lock over"}}},
		{"the lock of a peer", func(p *planted) { p.write("config_state.lock", "config-runtime-lock") },
			[]finding{{warning, "one of Meerkat's programs holds the realm", "", "wait: "}}},
		{"a lock from the future", func(p *planted) {
			p.write("config_state.lock", "config-runtime-lock")
			p.age("config_state.lock", -time.Hour)
		},
			[]finding{{warning, "the lock of one of Meerkat's programs is dated in the future", "", "nothing: the next write takes the lock over"}}},
		{"a directory as the lock of the manifest", func(p *planted) {
			p.must(os.Remove(p.path("realm_manifest.json")), directory(p.path(".realm_manifest.lock")))
		}, []finding{
			{warning, "the realm has no manifest", "", "the next write makes one"},
			{problem, "it is not a lock file but a directory", "", "remove it"}}},
		{"the lock of the manifest", func(p *planted) {
			p.must(os.Remove(p.path("realm_manifest.json")))
			p.write(".realm_manifest.lock", "realm-manifest-lock")
		}, []finding{
			{warning, "the realm has no manifest", "", "the next write makes one"},
			{warning, "a program is making the manifest, or has ended while it did", "", "wait: "}}},
		{"the stale lock of a manifest that is there", func(p *planted) {
			p.write(".realm_manifest.lock", "realm-manifest-lock")
			p.age(".realm_manifest.lock", time.Hour)
		}, nil},
		// the text and the state
		{"no config", func(p *planted) { p.must(os.Remove(p.path("config.toml"))) },
			[]finding{{warning, "config.toml is missing, although the realm is at generation 2", "", "put it back if it was moved"}}},
		{"the state of an earlier generation", func(p *planted) { p.write("config_state.json", `{"generation":1}`) },
			[]finding{{warning, "the text is not that of generation 1, which config_state.json has, and the history goes up to generation 2", "", numberAgain}}},
		{"an interrupted commit", func(p *planted) {
			state, err := os.ReadFile(p.path("config_state.json"))
			p.must(err)
			if code := p.sh.run("set-key", "/rest/port", "3"); code != ExitDone {
				p.t.Fatal(p.sh.stderr.String())
			}
			p.write("config_state.json", string(state))
		}, []finding{{warning, "a commit was interrupted after it had replaced the text", "", "nothing: the next read or write completes it"}}},
		{"a config that is the state too", func(p *planted) {
			p.must(os.Remove(p.path("config_state.json")), os.Link(p.path("config.toml"), p.path("config_state.json")))
		}, []finding{{problem, "config.toml and config_state.json are one file", "", "rm $/config_state.json"}}},
		{"too many keys", func(p *planted) {
			var b strings.Builder
			for i := range 60_001 {
				fmt.Fprintf(&b, "a%x=1\n", i)
			}
			p.write("config.toml", b.String())
		}, []finding{
			{warning, "another program changed the text, and it has no generation yet", "", "nothing: "},
			{problem, "config.toml is not TOML: line 60001, column 1: the text has more than 60,000 keys", "", "realmconf edit; or realmconf rollback 2"}}},
		// the history
		{"a record of very many generations", func(p *planted) {
			p.write("config_history/3.json", strings.Repeat("{\"generation\":3}\n", 305_010))
		}, []finding{{warning, "a file of the history is incomplete, or is none of realmconf's", "", "nothing, if the machine lost power"}}},
		{"a superseded generation", func(p *planted) { p.write("config_history/superseded-2.txt", "x") },
			[]finding{{warning, "another program wrote over a committed generation", "", "realmconf diff and the generation in the name show what was lost"}}},
		{"a directory as the last displaced text", func(p *planted) { p.replace("config_history/.displaced", directory) },
			[]finding{{warning, "the history has 1 foreign file", "", "look at them"}}},
		{"many foreign files", func(p *planted) {
			for i := range foreignFiles {
				p.write(fmt.Sprintf("config_history/file%d", i), "")
				p.write(fmt.Sprintf("file%d", i), "")
			}
		}, []finding{{warning, fmt.Sprintf("the history has %d foreign files", foreignFiles), "", "look at them"}}},
	}
	if os.Geteuid() == 0 { // only the administrator can give files away
		const other = 61001
		changeOwner := func(owner uint32) string {
			return fmt.Sprintf(`find $ -xdev \( -type d -o -type f -links 1 \) -exec chown -h %d {} +`, owner)
		}
		states = append(states, []plantedState{
			{"files of another user", func(p *planted) {
				for _, name := range []string{"config.toml", "config_state.json", "config_history"} {
					p.must(os.Chown(p.path(name), other, other))
				}
			}, []finding{{warning, "it and 2 more files belong to user 61001, and the realm's directory to user 0", "", "as the administrator, " + changeOwner(0) + "; look at the files first"}}},
			{"a file of another user", func(p *planted) { p.must(os.Chown(p.path("config_state.guard"), other, other)) },
				[]finding{{warning, "it belongs to user 61001, and the realm's directory to user 0", "", "as the administrator, " + changeOwner(0) + "; look at the files first"}}},
			{"a directory of another user", func(p *planted) { p.must(os.Chown(p.dir, other, other)) }, []finding{
				{warning, "this directory belongs to user 61001, who may read, change and replace what is in it", "", "nothing, if that user may do so"},
				{warning, "it and 4 more files belong to user 0, and the realm's directory to user 61001", "", "as the administrator, " + changeOwner(61001) + " for that user, or " + changeOwner(0) + " for this one; if you do not trust user 61001"}}},
		}...)
	} else { // the administrator has every right
		states = append(states, []plantedState{
			{"a directory that may not be searched", func(p *planted) { p.closeDirectory("", 0o600) },
				[]finding{{problem, "this directory may not be searched", "", "chmod u+rwx $ (its mode is 0600)"}}},
			{"a closed directory above", func(p *planted) { p.closeDirectory("..", 0) },
				[]finding{{problem, "this directory may not be searched", "", "chmod u+rwx "}}},
			{"a directory that may not be written", func(p *planted) { p.closeDirectory("", 0o500) },
				[]finding{{warning, "nothing can be written here: permission denied", "", "to change the configuration: chmod u+rwx $ (its mode is 0500)"}}},
			{"a change in a directory that may not be written", func(p *planted) {
				p.write("config.toml", "[rest]\nport = 3\n")
				p.closeDirectory("", 0o500)
			}, []finding{
				{warning, "another program changed the text, and it gets no generation because nothing can be written", "", "make the directory writable"},
				{warning, "nothing can be written here: permission denied", "", "to change the configuration: chmod u+rwx $ (its mode is 0500)"}}},
			{"a history that may not be read", func(p *planted) { p.closeDirectory("config_history", 0) },
				[]finding{{problem, "the history cannot be read: permission denied", "", "chmod u+rwx $/config_history (its mode is 0000)"}}},
			{"a history that may not be written", func(p *planted) { p.closeDirectory("config_history", 0o500) },
				[]finding{{warning, "nothing can be written here: permission denied", "", "to change the configuration: chmod u+rwx $/config_history (its mode is 0500)"}}},
			{"a record that may not be read", func(p *planted) { p.must(os.Chmod(p.path("config_history/1.json"), 0)) },
				[]finding{{problem, "this record of the history cannot be read: permission denied", "", "chmod u+r $/config_history/1.json"}}},
			{"a config that may not be read", func(p *planted) { p.must(os.Chmod(p.path("config.toml"), 0)) },
				[]finding{{problem, "config.toml cannot be read: ", "", "chmod u+r $/config.toml"}}},
			{"a state that may not be read", func(p *planted) { p.must(os.Chmod(p.path("config_state.json"), 0)) },
				[]finding{{problem, "config_state.json cannot be read: ", "", "chmod u+r $/config_state.json"}}},
			{"a guard that may not be opened", func(p *planted) { p.must(os.Chmod(p.path("config_state.guard"), 0)) },
				[]finding{{problem, "config_state.guard cannot be opened, so that no change can be made", "", "chmod u+rw $/config_state.guard"}}},
			{"a manifest that may not be read", func(p *planted) { p.must(os.Chmod(p.path("realm_manifest.json"), 0)) },
				[]finding{{problem, `realm "team": read manifest: permission denied`, "", "chmod u+r $/realm_manifest.json"}}},
		}...)
	}
	for i, tt := range states {
		if i%treetest.Stride(3) != 0 {
			continue
		}
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel() // it waits for the disk
			p, sh := newPlanted(t)
			tt.build(p)
			tt.check(t, p, sh)
		})
	}
}
