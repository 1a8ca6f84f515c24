package mirror

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"realmconf/runtime/document"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/file"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// sidesVariable has the directories of both sides in a process that is a mirror.
const sidesVariable = "REALMCONF_MIRROR_SIDES"

func TestMain(m *testing.M) {
	if local, shared, ok := strings.Cut(os.Getenv(sidesVariable), string(filepath.ListSeparator)); ok {
		New(Options{
			Local: openDirectory(local), Shared: openDirectory(shared), Model: testModel{}, Push: true,
			Report: func(e Event) { fmt.Printf("%s\n", tree.Append(nil, e.Tree())) },
		}).Run(context.Background())
		return
	}
	treetest.Main(m)
}

func openDirectory(dir string) *file.Store {
	return file.Open(file.Options{Document: filepath.Join(dir, "config.toml"), Dir: dir, RealmTag: "test"})
}

// mirrorProcess is a mirror in a process of its own.
type mirrorProcess struct {
	command *exec.Cmd
	lines   *bufio.Scanner
}

func startMirror(t *testing.T, local, shared string) *mirrorProcess {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &mirrorProcess{command: exec.Command(self)}
	p.command.Env = append(os.Environ(), sidesVariable+"="+local+string(filepath.ListSeparator)+shared)
	out, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.command.Stderr = os.Stderr
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	p.lines = bufio.NewScanner(out)
	t.Cleanup(func() { p.kill() })
	return p
}

// kill kills the process after so many events.
func (p *mirrorProcess) kill(after ...int) {
	for range append(after, 0)[0] {
		if !p.lines.Scan() {
			break
		}
	}
	p.command.Process.Kill()
	p.command.Wait()
}

// increment counts in a member, by compare-and-swap.
func increment(t *testing.T, s store.Store, member string) {
	t.Helper()
	for {
		state, err := s.Load(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		err = s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, incremented(t, string(state.Text), member)))
		if err == nil {
			return
		}
		if !fault.Is(err, fault.GenerationConflict) {
			t.Fatal(err)
		}
	}
}

func incremented(t *testing.T, text, member string) string {
	t.Helper()
	doc, err := document.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	n, _ := doc.Tree()[member].(int64)
	return edit(t, text, tree.Object{member: n + 1})
}

// saveByRename counts in a member as an editor saves: by a new file that takes the name.
func saveByRename(t *testing.T, dir, member string) {
	t.Helper()
	name := filepath.Join(dir, "config.toml")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name+"~", []byte(incremented(t, string(text), member)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(name+"~", name); err != nil {
		t.Fatal(err)
	}
}

// TestMirror_killed has two directories with a mirror process each and a third directory
// that both share. The processes are killed after some of their events, while others
// write on all sides; an editor saves while a mirror is dead. No count is lost.
func TestMirror_killed(t *testing.T) {
	t.Parallel() // it waits
	dirs := []string{t.TempDir(), t.TempDir()}
	shared := t.TempDir()
	sharedStore := openDirectory(shared)
	counts := map[string]int64{}
	count := func(member string, write func()) {
		write()
		counts[member]++
	}
	count("shared", func() { increment(t, sharedStore, "shared") })
	for round := range treetest.Cases(12, 4) / treetest.Stride(2) {
		for i, dir := range dirs {
			p := startMirror(t, dir, shared)
			p.lines.Scan() // the directory exists now
			local := openDirectory(dir)
			count(fmt.Sprintf("local%d", i), func() { increment(t, local, fmt.Sprintf("local%d", i)) })
			count("shared", func() { increment(t, sharedStore, "shared") })
			if round%2 == 0 {
				count(fmt.Sprintf("again%d", i), func() { increment(t, local, fmt.Sprintf("again%d", i)) })
			}
			p.kill(rand.IntN(3))
			count(fmt.Sprintf("editor%d", i), func() { saveByRename(t, dir, fmt.Sprintf("editor%d", i)) })
		}
	}
	var machines []*machine
	for _, dir := range dirs {
		m := &machine{local: openDirectory(dir), shared: sharedStore, push: true}
		m.restart()
		machines = append(machines, m)
	}
	for range 2 {
		for _, m := range machines {
			if _, last := m.once(t); last.Kind != InStep {
				t.Fatalf("got %+v, want in_step", last)
			}
		}
	}
	want := textOf(t, sharedStore)
	doc, err := document.Parse([]byte(want))
	if err != nil {
		t.Fatal(err)
	}
	for member, n := range counts {
		if got := doc.Tree()[member]; got != n {
			t.Errorf("%s: got %v, want %d", member, got, n)
		}
	}
	for i, m := range machines {
		wantText(t, fmt.Sprintf("machine %d", i), m.local, want)
	}
}

// TestMirror_Run_editorSavesByRename checks that a saved file goes to the other machine,
// and that a text with a mistake waits until it is corrected.
func TestMirror_Run_editorSavesByRename(t *testing.T) {
	t.Parallel() // it waits
	dirs := []string{t.TempDir(), t.TempDir()}
	shared := t.TempDir()
	increment(t, openDirectory(shared), "n")
	var processes []*mirrorProcess
	for _, dir := range dirs {
		p := startMirror(t, dir, shared)
		p.reach(t, "in_step")
		processes = append(processes, p)
	}
	saveByRename(t, dirs[0], "editor")
	processes[0].reach(t, "push")
	processes[1].reach(t, "pull")
	wantText(t, "the other machine", openDirectory(dirs[1]), "n = 1\neditor = 1\n")
	name := filepath.Join(dirs[0], "config.toml")
	if err := os.WriteFile(name, []byte("n = "), 0o600); err != nil {
		t.Fatal(err)
	}
	processes[0].reach(t, "hold")
	if err := os.WriteFile(name, []byte("n = 5\neditor = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	processes[0].reach(t, "push")
	processes[1].reach(t, "pull")
	wantText(t, "the other machine", openDirectory(dirs[1]), "n = 5\neditor = 1\n")
}

// reach reads events up to one of a kind.
func (p *mirrorProcess) reach(t *testing.T, kind string) {
	t.Helper()
	for p.lines.Scan() {
		if strings.Contains(p.lines.Text(), `"event":"`+kind+`"`) {
			return
		}
	}
	t.Fatalf("the mirror ended without %s", kind)
}
