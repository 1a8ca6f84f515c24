//go:build unix

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/realm"
	"realmconf/schema/tree/treetest"
)

// newPlantedFile makes a file of two generations, with its state beside it, and a
// session for it. The directory of the result is that of the state.
func newPlantedFile(t *testing.T) *planted {
	t.Helper()
	project := t.TempDir()
	p := &planted{t: t, dir: filepath.Join(project, ".any.toml.realmconf"), outside: t.TempDir()}
	p.must(os.WriteFile(filepath.Join(project, "any.toml"), []byte("[rest]\nport = 0\n"), 0o600))
	p.open(realm.Selection{File: filepath.Join(project, "any.toml"), IsText: runtime.IsText})
	return p
}

// file returns the path of the file whose state the directory keeps.
func (p *planted) file() string { return filepath.Join(filepath.Dir(p.dir), "any.toml") }

// The states of the directory beside a file: doctor has one finding for each, which says
// what to do, and the commands refuse it or go on.
func TestDoctor_statesOfFile(t *testing.T) {
	const keeps = ", which keeps the state of any.toml, so that it can be neither read nor changed"
	put := func(make func(path string) error) func(p *planted) {
		return func(p *planted) { p.inPlaceOf(0, func(path, _ string) error { return make(path) }) }
	}
	link := finding{problem, "a symbolic link, which somebody may have put there, is in the place of the directory" + keeps, "", "ls -l $ shows where it leads; "}
	wrong := finding{problem, "a file, a pipe or a device is in the place of the directory" + keeps, "", "move it away: the next write makes a new one"}
	damaged := func(how, do string) finding {
		return finding{warning, "config_state.json is damaged and counts as missing: " + how, "", do}
	}
	const again = "the next read or write makes it again"
	states := []struct {
		plantedState
		code int // of a write
	}{
		{plantedState{"nothing wrong", func(*planted) {}, nil}, ExitDone},
		// the directory
		{plantedState{"a link to another directory", func(p *planted) {
			p.inPlaceOf(0, func(path, moved string) error { return os.Symlink(moved, path) })
		}, []finding{link}}, ExitStorage},
		{plantedState{"a link to nothing", put(linkTo("none")), []finding{link}}, ExitStorage},
		{plantedState{"a link to itself", put(linkTo(".any.toml.realmconf")), []finding{link}}, ExitStorage},
		{plantedState{"a pipe", put(pipe), []finding{wrong}}, ExitStorage},
		{plantedState{"a file", put(sparse), []finding{wrong}}, ExitStorage},
		// the state and the guard
		{plantedState{"a link as state", func(p *planted) { p.moveOut("config_state.json") },
			[]finding{damaged("it is a symbolic link", "nothing: "+again)}}, ExitDone},
		{plantedState{"pipes as state and guard", func(p *planted) {
			p.replace("config_state.json", pipe)
			p.replace("config_state.guard", pipe)
		}, []finding{
			damaged("it is a directory, a pipe or a device", "first what is said of config_state.guard: after that "+again),
			{problem, "config_state.guard is of the wrong kind", "", "move it away"}}}, ExitStorage},
		{plantedState{"a link as guard", func(p *planted) { p.moveOut("config_state.guard") },
			[]finding{{problem, "config_state.guard is a symbolic link, which somebody may have put there: only any.toml may be one", "", "look where it leads"}}}, ExitStorage},
		{plantedState{"a guard with another name", func(p *planted) {
			p.must(os.Link(p.path("config_state.guard"), filepath.Join(p.outside, "precious")))
		}, []finding{{problem, "config_state.guard has another name", "", "remove it"}}}, ExitStorage},
		// the history
		{plantedState{"a link as history", func(p *planted) { p.moveOut("config_history") },
			[]finding{{problem, "config_history is a symbolic link", "", "look where it leads"}}}, ExitStorage},
		{plantedState{"a pipe as the only record", func(p *planted) {
			p.replace("config_history", directory)
			p.must(pipe(p.path("config_history/1.json")))
		}, []finding{
			{warning, "a link, a directory, a pipe or a device is in the place of this file of the history", "", "ls -l shows of which kind it is"},
			{warning, "the history does not have generation ", "", "restore it from a copy"}}}, ExitDone},
		{plantedState{"no record among files", func(p *planted) {
			p.replace("config_history", directory)
			p.write("config_history/1.json", "x")
		}, []finding{
			{warning, "a file of the history is incomplete", "", "nothing, if the machine lost power"},
			{warning, "the history does not have generation ", "", "restore it from a copy"}}}, ExitDone},
		// the file
		{plantedState{"a pipe as the file", func(p *planted) { p.must(os.Remove(p.file()), pipe(p.file())) },
			[]finding{{problem, "any.toml is of the wrong kind", "", "move it away; realmconf history lists its earlier texts"}}}, ExitStorage},
	}
	if os.Geteuid() == 0 { // only the administrator can give files away
		states = append(states, states[0])
		another := &states[len(states)-1]
		another.plantedState = plantedState{"a directory of another user", func(p *planted) { p.must(os.Chown(p.dir, 61001, 61001)) },
			[]finding{{problem, "user 61001 made the directory" + keeps + ": that user could read what is kept there", "", "move it away: the next write makes a new one"}}}
		another.code = ExitStorage
	}
	for i, tt := range states {
		if i%treetest.Stride(2) != 0 && i != len(states)-1 {
			continue
		}
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel() // it waits for the disk
			p := newPlantedFile(t)
			tt.build(p)
			tt.check(t, p, p.sh)
			doctor := p.sh.out.String()
			if strings.Contains(doctor, "the history has generations 1 to 1") || strings.Contains(doctor, "--state-root") || strings.Contains(doctor, "repair the file") {
				t.Errorf("doctor says %s", doctor)
			}
			if code := p.sh.run("set-key", "/rest/port", "7"); code != tt.code {
				t.Errorf("a write exits %d with %s, want %d", code, p.sh.stderr.String(), tt.code)
			}
		})
	}
}

// A read that cannot replace a damaged state, because the lock cannot be taken, promises
// no write that is refused, and the refusal names the file in the way.
func TestGet_damagedStateWithoutLock(t *testing.T) {
	t.Parallel() // it waits
	p := newPlantedFile(t)
	p.replace("config_state.json", pipe)
	p.replace("config_state.guard", pipe)
	if code := p.sh.run("get", "/rest/port"); code != ExitDone {
		t.Fatal(code, p.sh.stderr.String())
	}
	p.sh.wantStderr("config_state.json is damaged and could not be replaced", "realmconf doctor says what keeps this program from that")
	if code := p.sh.run("set-key", "/rest/port", "7"); code != ExitStorage {
		t.Errorf("a write exits %d, want %d", code, ExitStorage)
	}
	p.sh.wantStderr("a directory, a pipe or a device is in the place of config_state.guard: move it away, and the next write makes a new file")
}
