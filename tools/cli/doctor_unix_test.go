//go:build unix

package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/realm"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree/treetest"
	"realmconf/tools"
	"realmconf/tools/policy"
)

// planted is a realm in a project, into which a test puts what a stranger or a
// crash may have left.
type planted struct {
	t       *testing.T
	sh      *shell
	dir     string // the realm's
	outside string // a directory that is not the project's
}

// must ends the test with the first error.
func (p *planted) must(list ...error) {
	p.t.Helper()
	if err := errors.Join(list...); err != nil {
		p.t.Fatal(err)
	}
}

func (p *planted) path(name string) string { return filepath.Join(p.dir, name) }

func (p *planted) write(name, text string) {
	p.t.Helper()
	p.must(os.MkdirAll(filepath.Dir(p.path(name)), 0o700), os.WriteFile(p.path(name), []byte(text), 0o600))
}

// replace puts something else into the place of a file or a directory.
func (p *planted) replace(name string, put func(path string) error) {
	p.t.Helper()
	p.must(os.RemoveAll(p.path(name)), put(p.path(name)))
}

// moveOut moves a file out of the realm and leaves a link to it.
func (p *planted) moveOut(name string) {
	p.t.Helper()
	target := filepath.Join(p.outside, name)
	p.must(os.Rename(p.path(name), target), os.Symlink(target, p.path(name)))
}

func linkTo(target string) func(string) error {
	return func(path string) error { return os.Symlink(target, path) }
}

func directory(path string) error { return os.Mkdir(path, 0o700) }

func pipe(path string) error { return syscall.Mkfifo(path, 0o600) }

// sparse makes a file of 6 GiB that takes no place.
func sparse(path string) error {
	return errors.Join(os.WriteFile(path, nil, 0o600), os.Truncate(path, 6<<30))
}

// newPlanted makes a project with a realm of two generations, and a session for
// its files.
func newPlanted(t *testing.T) (*planted, *shell) {
	t.Helper()
	project := t.TempDir()
	p := &planted{t: t, dir: filepath.Join(project, ".rkat", "realms", "team"), outside: t.TempDir()}
	p.must(os.MkdirAll(p.dir, 0o700))
	p.open(realm.Selection{Realm: "team", ContextRoot: project, IsText: runtime.IsText})
	return p, p.sh
}

// open makes a session of a selection, and two generations with it.
func (p *planted) open(selection realm.Selection) {
	p.t.Helper()
	sh := newShell(p.t, Terminal{})
	p.sh, sh.session.Realm = sh, selection
	model := meerkat.New()
	rt := runtime.New(realm.Open(selection, 0), model)
	p.t.Cleanup(rt.Close)
	sh.session.Runtime, sh.session.Operations = rt, tools.New(rt, model, policy.Policy{})
	for _, port := range []string{"1", "2"} {
		if code := sh.run("set-key", "/rest/port", port); code != ExitDone {
			p.t.Fatal(sh.stderr.String())
		}
	}
}

// Each state of a realm's directory that a stranger, a crash or another program can
// leave has its finding, which says what to do, and no second one that contradicts
// it.
func TestDoctor_hostileRealms(t *testing.T) {
	const commit = "01890a5d-ac96-774b-bcce-b302099a8057"
	foreign := func(p *planted, from, to int) {
		for i := from; i <= to; i++ {
			p.write(fmt.Sprintf("config_history/%d.json", i), "x")
		}
	}
	states := []plantedState{
		{"nothing wrong", func(*planted) {}, nil},
		// config.toml
		{"a link out of the realm with a made-up record and a left-over", func(p *planted) {
			p.moveOut("config.toml")
			p.write(".realmconf-team-"+commit+".config", "PATH=/tmp\n")
		}, []finding{{problem, "config.toml cannot be read: read config.toml: it is a link that leads to another directory: put the file itself there, or start realmconf with --follow-links", "", "ls -l "}}},
		{"a link to a file of the system", func(p *planted) { p.replace("config.toml", linkTo("/proc/self/environ")) },
			[]finding{{problem, "config.toml cannot be read: read config.toml: it is a link ", "", "ls -l "}}},
		{"a link to itself", func(p *planted) { p.replace("config.toml", linkTo("config.toml")) },
			[]finding{{problem, "config.toml cannot be read: read config.toml: it is a link that leads back to itself", "", "ls -l "}}},
		{"a link to nothing", func(p *planted) { p.replace("config.toml", linkTo("none")) },
			[]finding{{problem, "config.toml cannot be read: config.toml is a link to a file that does not exist", "", "ls -l "}}},
		{"a directory as config", func(p *planted) { p.replace("config.toml", directory) },
			[]finding{{problem, "config.toml is of the wrong kind", "", "move it away; realmconf history lists its earlier texts"}}},
		{"a pipe as config", func(p *planted) { p.replace("config.toml", pipe) },
			[]finding{{problem, "config.toml is of the wrong kind", "", "move it away; realmconf history lists its earlier texts"}}},
		{"a huge config", func(p *planted) { p.replace("config.toml", sparse) },
			[]finding{{problem, "config.toml has more than the 1048576 bytes that are allowed", "", "make it shorter"}}},
		{"a protected config", func(p *planted) { p.must(os.Chmod(p.path("config.toml"), 0o400)) },
			[]finding{{warning, "config.toml is protected against writing (mode 0400)", "", "chmod u+w "}}},
		{"a directory that everybody may write", func(p *planted) {
			p.must(os.Chmod(p.path("config.toml"), 0o666), os.Chmod(p.dir, 0o777))
		}, []finding{{warning, "others than the owner can change it (mode 0666)", "", "chmod go-rwx "}, {problem, "everybody may replace what is in this directory", "", "chmod o-w "}}},
		// the manifest and the leases
		{"a manifest that never ends", func(p *planted) { p.replace("realm_manifest.json", linkTo("/dev/zero")) },
			[]finding{{problem, `realm "team": read manifest: a symbolic link is in the place of the file`, "", `restore it from a copy, or move it away`}}},
		{"a pipe as manifest", func(p *planted) { p.replace("realm_manifest.json", pipe) },
			[]finding{{problem, `realm "team": read manifest: a directory, a pipe or a device is in the place of the file`, "", `restore it from a copy, or move it away`}}},
		{"a huge manifest", func(p *planted) { p.replace("realm_manifest.json", sparse) },
			[]finding{{problem, `realm "team": read manifest`, "", `restore it from a copy, or move it away`}}},
		{"a long realm id", func(p *planted) {
			p.write("realm_manifest.json", `{"realm_id":"`+strings.Repeat("x", 30_000)+`","backend":"sqlite","origin":"explicit","created_at":"1"}`)
		}, []finding{{problem, `realm "team": realm_manifest.json belongs to realm "xxx`, "", `restore it from a copy, or move it away`}}},
		{"a huge lease", func(p *planted) { p.must(directory(p.path("leases")), sparse(p.path("leases/a.json"))) },
			[]finding{{warning, "a lease cannot be read", "", "remove the file"}}},
		{"a link as leases", func(p *planted) { p.replace("leases", linkTo(p.outside)) },
			[]finding{{warning, "the leases cannot be read", "", "remove what is there"}}},
		// the history
		{"a link as history", func(p *planted) { p.moveOut("config_history") },
			[]finding{{problem, "config_history is a symbolic link, which somebody may have put there", "", "look where it leads"}}},
		{"a file as history", func(p *planted) { p.replace("config_history", sparse) },
			[]finding{{problem, "config_history is of the wrong kind", "", "move it away"}}},
		{"many directories as records", func(p *planted) {
			for i := 3; i <= 30; i++ {
				p.must(directory(p.path(fmt.Sprintf("config_history/%d.json", i))))
			}
		}, []finding{{warning, "a link, a directory, a pipe or a device is in the place of this file of the history, and it is not used: no crash makes one (27 more files are like this one)", "", "ls -l shows of which kind it is"}}},
		{"many foreign records", func(p *planted) { foreign(p, 3, 1000) },
			[]finding{{warning, "a file of the history is incomplete, or is none of realmconf's (997 more files are like this one)", "", "nothing, if the machine lost power"}}},
		{"a few foreign records", func(p *planted) { foreign(p, 3, 4) }, []finding{
			{warning, "a file of the history is incomplete", "", "nothing, if the machine lost power"},
			{warning, "a file of the history is incomplete", "", "nothing, if the machine lost power"}}},
		{"sparse records", func(p *planted) {
			for i := 3; i <= 30; i++ {
				p.must(sparse(p.path(fmt.Sprintf("config_history/%d.json", i))))
			}
		}, []finding{
			{warning, "a file of the history is incomplete, or is none of realmconf's (27 more files are like this one)", "", "nothing, if the machine lost power"},
			{problem, "the file has 6442450944 bytes, far more than a file of a realm has (27 more files are like this one)", "", "move it away"}}},
		{"numbers above the highest", func(p *planted) {
			p.write("config_history/18446744073709551615.json", "x")
			p.write("config_history/9223372036854775807.json", "x")
		}, []finding{
			{warning, "the number of this file is above 2^52", "", "look at it, and move it away"},
			{warning, "the history has 1 foreign file, which are neither read nor removed", "", "look at them, and move them away"}}},
		{"a number far above the others", func(p *planted) {
			record, err := os.ReadFile(p.path("config_history/2.json"))
			p.must(err)
			p.write("config_history/4503599627370495.json", strings.Replace(string(record), `"generation":2,"parent":1,`, `"generation":4503599627370495,"parent":4503599627370494,`, 1))
		}, []finding{{warning, "the number of this file is more than 2^32 above that of the file before it", "", "look at it; if the generations have not followed it yet, move it away"}}},
		{"links and pipes as records", func(p *planted) {
			p.must(os.Symlink("/etc/passwd", p.path("config_history/7.json")), pipe(p.path("config_history/8.json")), directory(p.path("config_history/9.json")))
		}, []finding{
			{warning, "a link, a directory, a pipe or a device is in the place of this file of the history", "", "ls -l shows of which kind it is"},
			{warning, "a link, a directory, a pipe or a device is in the place of this file of the history", "", "ls -l shows of which kind it is"},
			{warning, "a link, a directory, a pipe or a device is in the place of this file of the history", "", "ls -l shows of which kind it is"}}},
		{"a displaced text", func(p *planted) { p.write("config_history/displaced-"+commit+".toml", "x") },
			[]finding{{warning, "a text that another program saved in the moment of a commit, or that a crash left, was not applied and is kept here", "", "copy from it what is needed, and remove it"}}},
		{"many left-overs", func(p *planted) {
			for i := range 500 {
				p.write(fmt.Sprintf(".realmconf-team-01890a5d-ac96-774b-bcce-%012d.config", i), "x")
			}
		}, nil},
		// the state
		{"a state that was replaced", func(p *planted) { p.must(directory(p.path("config_history/damaged-" + commit + ".state"))) },
			[]finding{{warning, "config_state.json was damaged; the generation was found in the history, or is a new one (operation recovered), and the damaged file is kept here", "", "look at it"}}},
		{"a link as state", func(p *planted) { p.moveOut("config_state.json") },
			[]finding{{warning, "config_state.json is damaged and counts as missing: it is a symbolic link, which somebody may have put there", "", "nothing: "}}},
		{"a directory as state", func(p *planted) { p.replace("config_state.json", directory) },
			[]finding{{warning, "config_state.json is damaged and counts as missing: it is a directory, a pipe or a device", "", "nothing: "}}},
		{"a pipe as state", func(p *planted) { p.replace("config_state.json", pipe) },
			[]finding{{warning, "config_state.json is damaged and counts as missing: it is a directory, a pipe or a device", "", "nothing: "}}},
		{"a huge state", func(p *planted) { p.replace("config_state.json", sparse) },
			[]finding{{warning, "config_state.json is damaged and counts as missing", "", "nothing: "}}},
		{"no state", func(p *planted) { p.must(os.Remove(p.path("config_state.json"))) },
			[]finding{{warning, "config_state.json, which has the generation, is missing", "", "nothing: "}}},
		// guard and lock
		{"a guard with another name", func(p *planted) {
			p.replace("config_state.guard", func(path string) error {
				target := filepath.Join(p.outside, "precious")
				return errors.Join(os.WriteFile(target, []byte("x"), 0o600), os.Link(target, path))
			})
		}, []finding{{problem, "config_state.guard has another name, a hard link", "", "remove it"}}},
		{"a link as guard", func(p *planted) { p.replace("config_state.guard", linkTo("/etc/passwd")) },
			[]finding{{problem, "config_state.guard is a symbolic link", "", "look where it leads"}}},
		{"a lock with a long host", func(p *planted) {
			p.write("config_state.lock", `{"pid":1,"host":"`+strings.Repeat("h", 500_000)+`","boot_id":"x","guard":"1:2","nonce":"n"}`)
		}, []finding{{warning, "", "", ""}}},
		{"a link as lock", func(p *planted) { p.replace("config_state.lock", linkTo("/etc/passwd")) },
			[]finding{{problem, "it is not a lock file but a directory, a link, a pipe or a device", "", "remove it"}}},
	}
	for _, text := range []string{"", "\x00\x00\x00", `{"generation"`, "2", "{}", "null", `{"generation":-1}`, `{"generation":"2"}`, `{"generation":2.5}`,
		`{"generation":9223372036854775807}`, `{"generation":9223372036854775806}`, `{"generation":99999999999999999999}`, "\xff\xfe", "generation: 2"} {
		states = append(states, plantedState{fmt.Sprintf("the state %q", text), func(p *planted) { p.write("config_state.json", text) },
			[]finding{{warning, "config_state.json is damaged and counts as missing", "", "nothing: "}}})
	}
	for i, tt := range states {
		if i%treetest.Stride(7) != 0 {
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

// plantedState is a state of a realm's directory.
type plantedState struct {
	name  string
	build func(p *planted)
	want  []finding // all but notes, each with the beginning of its text and of its next step; $ is the realm's directory
}

// check compares the findings of doctor with the wanted ones.
func (tt plantedState) check(t *testing.T, p *planted, sh *shell) {
	t.Helper()
	code := sh.run("doctor")
	sh.wantNoStderr()
	var unmatched []finding
	findings, _ := parseObject(t, sh.out.String())["findings"].([]any)
	for _, f := range findings {
		f := f.(map[string]any)
		if what, do := f["what"].(string), fmt.Sprint(f["do"]); f["level"] != string(note) {
			unmatched = append(unmatched, finding{level: level(f["level"].(string)), what: what, do: do})
		}
	}
	for _, want := range tt.want {
		want.do = strings.ReplaceAll(want.do, "$", p.dir)
		i := slices.IndexFunc(unmatched, func(got finding) bool {
			return got.level == want.level && strings.HasPrefix(got.what, want.what) && strings.HasPrefix(got.do, want.do)
		})
		if i < 0 {
			t.Fatalf("got %+v, want %+v", unmatched, want)
		}
		unmatched = slices.Delete(unmatched, i, i+1)
	}
	if len(unmatched) > 0 {
		t.Errorf("got also %+v", unmatched)
	}
	hasProblem := slices.ContainsFunc(tt.want, func(want finding) bool { return want.level == problem })
	if (code == ExitRefused) != hasProblem || sh.out.Len() > 8000 || len(findings) > 20 {
		t.Errorf("exit %d, %d bytes, %d findings", code, sh.out.Len(), len(findings))
	}
}
