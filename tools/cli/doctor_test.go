package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	goruntime "runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/realm"
	"realmconf/runtime/store/file"
	"realmconf/schema"
	"realmconf/schema/meerkat"
)

// diagnose examines a realm with these files beside its configuration. The
// inspection of the configuration finds no mistake until change alters it.
func diagnose(t *testing.T, now time.Time, realmFiles map[string]string, change func(*file.Inspection)) *diagnosis {
	t.Helper()
	location, err := realm.Locate(writeRealm(t, realmFiles), realm.Environment{})
	if err != nil {
		t.Fatal(err)
	}
	in := file.Inspection{
		Document: location.ConfigPath, StatePath: filepath.Join(location.Root, "config_state.json"), HistoryPath: filepath.Join(location.Root, "config_history"),
		Text: []byte("[rest]\nport = 1\n"), HasState: true, Generation: 2, Agreement: file.Agrees,
		History: file.InspectedHistory{Files: 2, Oldest: 1, Newest: 2, Current: true},
	}
	change(&in)
	d := &diagnosis{realm: location.ID, relatives: location, location: location, files: in, model: meerkat.New()}
	d.examine(t.Context(), now)
	return d
}

// grants returns the beginning of the next step for a file of this user that lacks
// rights.
func grants(rights, path string) string {
	if goruntime.GOOS == "windows" { // it has neither owners nor modes
		return "give the user that runs realmconf the right to use this file"
	}
	return "chmod u+" + rights + " " + path + " (its mode is "
}

func TestDiagnosis_goodOrder(t *testing.T) {
	d := diagnose(t, time.Now(), map[string]string{"realm_manifest.json": manifestOfTeam}, func(*file.Inspection) {})
	want := []finding{
		{note, `realm "team" (explicit), generation 2`, d.location.Root, ""},
		{note, "the sessions' backend is sqlite", "", ""},
		{note, "text and generation belong together", "", ""},
		{note, "the history has generations 1 to 2, in 2 files", "", ""},
		{note, "the configuration is valid", d.files.Document, ""},
	}
	if diff := cmp.Diff(want, d.findings, cmp.AllowUnexported(finding{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Each kind of damage has its finding. Paths in the wanted findings begin with $,
// the realm's directory.
func TestDiagnosis_damage(t *testing.T) {
	t.Parallel() // it waits
	now := time.Unix(2_000_000_000, 0)
	lease := func(heartbeat int64) string {
		return fmt.Sprintf(`{"realm_id":"team","instance_id":"one","surface":"rkat-rpc","pid":12,"started_at":1,"heartbeat_at":%d}`, heartbeat)
	}
	for _, tt := range []struct {
		name   string
		files  map[string]string
		change func(*file.Inspection)
		want   []finding // all warnings and problems, and the notes that are given
	}{
		{name: "a damaged manifest", files: map[string]string{"realm_manifest.json": ""}, change: func(in *file.Inspection) {
			*in = file.Inspection{Document: in.Document, StatePath: in.StatePath, HistoryPath: in.HistoryPath}
		}, want: []finding{{problem, `realm "team": realm_manifest.json is not a manifest`, "$/realm_manifest.json", ""}}},
		{name: "no manifest", files: map[string]string{"x": ""}, want: []finding{
			{warning, "the realm has no manifest, so that Meerkat may not find it", "$/realm_manifest.json", "the next write makes one"}}},
		{name: "a new realm without files", files: map[string]string{"x": ""}, change: func(in *file.Inspection) {
			*in = file.Inspection{Document: in.Document, StatePath: in.StatePath, HistoryPath: in.HistoryPath}
		}, want: []finding{{note, "the realm does not exist yet: it has the defaults", "", "the first write makes it"}}},
		{name: "a text that cannot be read", change: func(in *file.Inspection) {
			in.Text, in.DocumentErr = nil, errors.New("it is a directory")
		}, want: []finding{{problem, "config.toml cannot be read: it is a directory", "$/config.toml", "repair the file; realmconf history lists its earlier texts"}}},
		{name: "a planted link", change: func(in *file.Inspection) {
			in.Text, in.DocumentErr = nil, fault.FromOS("read config.toml", &fault.RefusedLink{Advice: "it is a link: put the file itself there"})
		}, want: []finding{{problem, "config.toml cannot be read: read config.toml: it is a link: put the file itself there", "$/config.toml", "ls -l $/config.toml shows where it leads; remove it"}}},
		{name: "a text that cannot be read, without a history", change: func(in *file.Inspection) {
			in.Text, in.DocumentErr, in.History = nil, errors.New("it is a directory"), file.InspectedHistory{}
			in.Generation, in.HasState = 0, false
		}, want: []finding{{problem, "config.toml cannot be read: it is a directory", "$/config.toml", "repair the file"}}},
		{name: "an argument that looks like a key", change: func(in *file.Inspection) {
			in.Text = []byte("[[tools.mcp_servers]]\nname = 'a'\ncommand = 'c'\nargs = ['-y', '--api-key', 'hunter2', '${KEY}']\nenv = { args = '--api-key=hunter2' }\n")
		}, want: []finding{{warning, "/tools/mcp_servers/0/args/2: this argument looks like a secret, and agents see it: arguments are not masked", "/tools/mcp_servers/0/args/2", "put it into the program's env, which is masked"}}},
		{name: "a state that cannot be read", change: func(in *file.Inspection) {
			in.StateErr = fault.New(fault.Storage, "no access").Because(errors.New("permission denied"))
		}, want: []finding{{problem, "config_state.json cannot be read: no access (permission denied)", "$/config_state.json", "make it readable"}}},
		{name: "a damaged state", change: func(in *file.Inspection) {
			in.StateErr, in.StateDamaged = errors.New("generation is missing"), true
		}, want: []finding{{warning, "config_state.json is damaged and counts as missing: generation is missing", "$/config_state.json", "nothing: the next read or write" + restoresState + "; the damaged file is kept in config_history"}}},
		{name: "a state that was damaged", change: func(in *file.Inspection) {
			in.Damaged = []string{"/damaged"}
		}, want: []finding{{warning, "config_state.json was damaged; the generation was found in the history, or is a new one (operation recovered), and the damaged file is kept here", "/damaged", "look at it if the damage is not explained by a crash, and remove it"}}},
		{name: "a superseded generation", change: func(in *file.Inspection) {
			in.Superseded = []string{"/superseded-5.txt"}
		}, want: []finding{{warning, "another program wrote over a committed generation without having read it; realmconf history lists it as superseded", "/superseded-5.txt", "realmconf diff and the generation in the name show what was lost; repeat it if it is still wanted, and remove the file"}}},
		{name: "a missing state", change: func(in *file.Inspection) { in.HasState, in.Agreement = false, file.Disagrees }, want: []finding{
			{warning, "config_state.json, which has the generation, is missing", "$/config_state.json", "nothing: the next read or write" + restoresState}}},
		{name: "a changed text", change: func(in *file.Inspection) { in.Agreement = file.Disagrees }, want: []finding{
			{warning, "another program changed the text, and it has no generation yet", "$/config.toml", "nothing: the next read or write gives it a generation, if the directory is writable"}}},
		{name: "Meerkat wrote last", change: func(in *file.Inspection) { in.Agreement = file.AgreesUnrecorded }, want: []finding{
			{note, "Meerkat wrote last; the history does not have it yet", "$/config_state.json", "the next write records it"}}},
		{name: "a history that cannot be read", change: func(in *file.Inspection) {
			in.History = file.InspectedHistory{Err: errors.New("input or output error")}
		}, want: []finding{
			{problem, "the history cannot be read: input or output error", "$/config_history", "make config_history readable"}}},
		{name: "a history without the right to read it", files: map[string]string{"realm_manifest.json": manifestOfTeam, "config_history/1.json": "x"}, change: func(in *file.Inspection) {
			in.History = file.InspectedHistory{Err: fs.ErrPermission}
		}, want: []finding{{problem, "the history cannot be read: permission denied", "$/config_history", grants("rwx", "$/config_history")}}},
		{name: "a record without the right to read it", files: map[string]string{"realm_manifest.json": manifestOfTeam, "config_history/2.json": "x"}, change: func(in *file.Inspection) {
			in.History.Denied, in.History.Current = []string{filepath.Join(in.HistoryPath, "2.json")}, false
		}, want: []finding{{problem, "this record of the history cannot be read: permission denied", "$/config_history/2.json", grants("r", "$/config_history/2.json")}}},
		{name: "a text without the right to read it", files: map[string]string{"realm_manifest.json": manifestOfTeam, "config.toml": "x"}, change: func(in *file.Inspection) {
			in.Text, in.DocumentErr = nil, fault.FromOS("read config.toml", fs.ErrPermission)
		}, want: []finding{{problem, "config.toml cannot be read: ", "$/config.toml", grants("r", "$/config.toml")}}},
		{name: "a state without the right to read it", files: map[string]string{"realm_manifest.json": manifestOfTeam, "config_state.json": "x"}, change: func(in *file.Inspection) {
			in.StateErr = fault.FromOS("read config_state.json", fs.ErrPermission)
		}, want: []finding{{problem, "config_state.json cannot be read: ", "$/config_state.json", grants("r", "$/config_state.json")}}},
		{name: "a guard without the right to open it", files: map[string]string{"realm_manifest.json": manifestOfTeam, "config_state.guard": "x"}, change: func(in *file.Inspection) {
			in.GuardPath, in.GuardErr = filepath.Join(filepath.Dir(in.StatePath), "config_state.guard"), fs.ErrPermission
		}, want: []finding{{problem, "config_state.guard cannot be opened, so that no change can be made: permission denied", "$/config_state.guard", grants("rw", "$/config_state.guard")}}},
		{name: "a guard in a directory that cannot be written", files: map[string]string{"realm_manifest.json": manifestOfTeam}, change: func(in *file.Inspection) {
			in.GuardPath, in.GuardErr = filepath.Join(filepath.Dir(in.StatePath), "config_state.guard"), fs.ErrPermission
			in.NotWritable = []file.NotWritableDir{{Path: filepath.Dir(in.StatePath), Err: fs.ErrPermission}}
		}, want: []finding{{warning, "nothing can be written here: permission denied", "$", "to change the configuration: "}}},
		{name: "an incomplete file of the history", change: func(in *file.Inspection) {
			in.History.Unreadable = []string{filepath.Join(in.HistoryPath, "3.json")}
		}, want: []finding{{warning, "a file of the history is incomplete, or is none of realmconf's", "$/config_history/3.json", "nothing, if the machine lost power: the number in its name is not used again; else move it away"}}},
		{name: "an old history", change: func(in *file.Inspection) { in.History.Current = false }, want: []finding{
			{warning, "the history does not have generation 2", "$/config_history", "restore it from a copy if there is one; otherwise earlier changes cannot be undone, and the next write starts a new history"}}},
		{name: "no history", change: func(in *file.Inspection) { in.History = file.InspectedHistory{} }, want: []finding{
			{warning, "there is no history, although the realm is at generation 2", "$/config_history", "restore it from a copy if there is one; otherwise earlier changes cannot be undone, and the next write starts a new history"}}},
		{name: "locks", change: func(in *file.Inspection) {
			in.Locks = []file.InspectedLock{
				{Path: "/l1", Irregular: true},
				{Path: "/l2", HasStamp: true, PID: 7, Host: "h"},
				{Path: "/l3", ThisRun: true, Age: time.Hour},
				{Path: "/l5", ThisRun: true, Age: -time.Hour},
				{Path: "/l4", HasStamp: true, PID: 7, Host: "h", ThisRun: true, Age: time.Second},
			}
		}, want: []finding{
			{problem, "it is not a lock file but a directory, a link, a pipe or a device: no program can take the lock", "/l1", "remove it"},
			{warning, "realmconf, process 7 on h held the realm when the machine was last restarted", "/l2", "nothing: the next write takes the lock over"},
			{warning, "one of Meerkat's programs left its lock behind, last touched 1 hour ago", "/l3", "nothing: the next write takes the lock over"},
			{warning, "the lock of one of Meerkat's programs is dated in the future", "/l5", "nothing: the next write takes the lock over"},
			{warning, "realmconf, process 7 on h holds the realm, lock last touched 1 second ago", "/l4", "wait: a lock is held for moments; if its owner has crashed, the next write takes it over after 30 seconds"},
		}},
		{name: "leases", files: map[string]string{
			"realm_manifest.json": manifestOfTeam, "leases/a.json": lease(now.Unix()), "leases/b.json": lease(now.Unix() - 7200), "leases/c.json": "{",
		}, want: []finding{
			{note, `Meerkat has the realm open: rkat-rpc, process 12, instance "one"`, "$/leases/a.json", ""},
			{note, `a Meerkat server ended without removing its lease: rkat-rpc, process 12, instance "one", last seen 2 hours ago`, "$/leases/b.json", ""},
			{warning, "a lease cannot be read", "$/leases/c.json", "remove the file if no Meerkat server runs here"},
		}},
		{name: "modes", change: func(in *file.Inspection) {
			in.NotWritable = []file.NotWritableDir{{Path: "/d", Err: fs.ErrPermission}}
			in.TooOpen = []file.TooOpenFile{
				{Path: "/a b", Mode: 0o644}, {Path: "/c", Mode: 0o664},
				{Path: filepath.Join(in.HistoryPath, "1.json"), Mode: 0o644}, {Path: filepath.Join(in.HistoryPath, "2.json"), Mode: 0o644},
			}
		}, want: []finding{
			{warning, "nothing can be written here: permission denied", "/d", "to change the configuration: give the user that runs realmconf the right"},
			{warning, "others than the owner can read it, including its secrets (mode 0644)", "/a b", "chmod go-rwx '/a b', unless they should"},
			{warning, "others than the owner can change it (mode 0664)", "/c", "chmod go-rwx /c, unless they should"},
			{warning, "others than the owner can read 2 texts of the history, including their secrets", "$/config_history", "find $/config_history -xdev "},
		}},
		{name: "peculiarities", change: func(in *file.Inspection) {
			in.Peculiarities = []file.Peculiarity{
				{Kind: file.LinkInPlace, Path: "/r/config_state.json"}, {Kind: file.IrregularInPlace, Path: "/r/config_history"},
				{Kind: file.ManyNames, Path: "/r/config_state.guard"}, {Kind: file.TooLong, Path: "/r/config_state.json", Size: 70000},
				{Kind: file.ForeignInHistory, Path: "/r/config_history", Count: 3},
				{Kind: file.OwnedByAnother, Path: "/r/config.toml", Owner: 0, Wants: 1001}, {Kind: file.ReplaceableByAll, Path: "/a b", Mode: 0o777},
				{Kind: file.Protected, Path: "/r/config.toml", Mode: 0o444}, {Kind: file.Unchangeable, Path: "/r/config.toml"},
				{Kind: file.MountedAlone, Path: "/r/config.toml"}, {Kind: file.SmallFilesOnly, Path: "/r", Size: 1024},
				{Kind: file.DirectoryOfAnother, Path: "/r", Owner: 1002}, {Kind: file.LittleSpace, Path: "/s", Size: 5 << 20, Files: 70000},
				{Kind: file.LittleSpace, Path: "/t", Size: 4 << 10, Files: 1 << 63}, {Kind: file.LittleSpace, Path: "/u", Size: 1 << 40, Files: 1},
			}
		}, want: []finding{
			{problem, "config_state.json is a symbolic link", "/r/config_state.json", "look where it leads; remove the link"},
			{problem, "config_history is of the wrong kind", "/r/config_history", "move it away"},
			{problem, "config_state.guard has another name, a hard link", "/r/config_state.guard", "remove it: the next write makes a new one"},
			{problem, "the file has 70000 bytes", "/r/config_state.json", "move it away"},
			{warning, "the history has 3 foreign files", "/r/config_history", "look at them, and move them away"},
			{warning, "it belongs to user 0, and the realm's directory to user 1001", "/r/config.toml", "as the administrator, find $ -xdev "},
			{problem, "everybody may replace what is in this directory, the realm included (mode 0777)", "/a b", "chmod o-w '/a b'"},
			{warning, "config.toml is protected against writing (mode 0444)", "/r/config.toml", "chmod u+w /r/config.toml"},
			{problem, "config.toml is marked as unchangeable", "/r/config.toml", "chattr -i /r/config.toml"},
			{problem, "config.toml is mounted without its directory", "/r/config.toml", "mount the directory instead of the file"},
			{warning, "this process may write files of 1024 bytes at most", "/r", "raise the limit"},
			{warning, "this directory belongs to user 1002, who may read, change and replace what is in it", "/r", "nothing, if that user may do so"},
			{warning, "5120 KiB are left on the file system: changes fail", "/s", "remove files there"},
			{problem, "4 KiB are left on the file system: changes fail", "/t", "remove files there"},
			{problem, "1073741824 KiB are left on the file system, and room for 1 more file: changes fail", "/u", "remove files there"},
		}},
		{name: "leftovers", change: func(in *file.Inspection) {
			in.Leftovers, in.Displaced = []string{"/tmp1"}, []string{"/displaced"}
		}, want: []finding{
			{note, "a running or interrupted commit has left a file", "/tmp1", "nothing: the next write examines it"},
			{warning, "a text that another program saved in the moment of a commit, or that a crash left, was not applied and is kept here", "/displaced", "copy from it what is needed, and remove it"},
		}},
		{name: "not TOML", change: func(in *file.Inspection) { in.Text = []byte("model = sk-secret") }, want: []finding{
			{problem, "config.toml is not TOML: line 1, column 9: ", "$/config.toml", "realmconf edit; the history has no generation that is TOML"}}},
		{name: "a long text", change: func(in *file.Inspection) {
			in.Text = make([]byte, runtime.MaxText+1)
			in.Peculiarities = []file.Peculiarity{{Kind: file.TooLong, Path: in.Document, Size: runtime.MaxText + 1}}
		}, want: []finding{
			{problem, "config.toml has more than the 1048576 bytes that are allowed", "$/config.toml", "make it shorter"}}},
		{name: "an invalid configuration", change: func(in *file.Inspection) { in.Text = []byte("[rest]\nprot = 1\n[agent]\nmodel = 7\n") }, want: []finding{
			{problem, "line 4: /agent/model: expected string, got integer", "/agent/model", "realmconf edit"},
			{problem, "line 2: /rest/prot: no such key; did you mean /rest/port?", "/rest/prot", "realmconf edit"},
		}},
	} {
		if tt.files == nil {
			tt.files = map[string]string{"realm_manifest.json": manifestOfTeam}
		}
		if tt.change == nil {
			tt.change = func(*file.Inspection) {}
		}
		d := diagnose(t, now, tt.files, tt.change)
		// A text may continue with words of another package, or with a path.
		matches := func(want, got finding) bool {
			want.where, want.do = strings.ReplaceAll(want.where, "$", d.location.Root), strings.ReplaceAll(want.do, "$", d.location.Root)
			return got.level == want.level && strings.HasPrefix(got.what, want.what) && filepath.ToSlash(got.where) == filepath.ToSlash(want.where) && strings.HasPrefix(got.do, want.do)
		}
		for _, want := range tt.want {
			if !slices.ContainsFunc(d.findings, func(got finding) bool { return matches(want, got) }) {
				t.Errorf("%s: got %+v, want %+v in it", tt.name, d.findings, want)
			}
		}
		for _, got := range d.findings {
			if got.level != note && !slices.ContainsFunc(tt.want, func(want finding) bool { return matches(want, got) }) {
				t.Errorf("%s: got %+v, which is not wanted", tt.name, got)
			}
			if strings.Contains(got.what, "sk-secret") {
				t.Errorf("%s: %q quotes the file", tt.name, got.what)
			}
		}
	}
}

// A file in the place of a directory is one problem and hides the others.
func TestDiagnosis_blocked(t *testing.T) {
	place := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(place, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	location, files, err := realm.Inspect(realm.Selection{Realm: "team", StateRoot: filepath.Join(place, "realms")})
	if err != nil {
		t.Fatal(err)
	}
	d := &diagnosis{realm: location.ID, relatives: location, location: location, files: files, model: meerkat.New()}
	d.examine(t.Context(), time.Now())
	if len(d.findings) != 2 || d.count(problem) != 1 || d.findings[1].where != place {
		t.Errorf("got %+v", d.findings)
	}
}

// TestDiagnosis_manyMistakes: the first hundred are listed, the others counted.
func TestDiagnosis_manyMistakes(t *testing.T) {
	d := diagnose(t, time.Now(), map[string]string{"realm_manifest.json": manifestOfTeam}, func(in *file.Inspection) {
		var text strings.Builder
		for i := range 5000 {
			fmt.Fprintf(&text, "wrong%d = 1\n", i)
		}
		in.Text = []byte(text.String())
	})
	last := d.findings[len(d.findings)-1]
	if d.count(problem) != schema.MaxIssues+1 || last.what != "and 4900 more mistakes" || last.do != "realmconf edit" {
		t.Errorf("got %d problems, the last is %+v", d.count(problem), last)
	}
}

func TestDoctor_run(t *testing.T) {
	sh := newShell(t, Terminal{})
	sh.session.Realm = writeRealm(t, map[string]string{"realm_manifest.json": manifestOfTeam, "config.toml": "[rest]\nprot = 1\n"})
	if code := sh.run("doctor", "--realm", "team"); code != ExitRefused {
		t.Errorf("exit %d, want 1", code)
	}
	sh.wantNoStderr()
	reply := parseObject(t, sh.out.String())
	if reply["problems"] != int64(1) || reply["generation"] != nil || reply["realm_id"] != "team" || reply["root"] != filepath.Join(sh.session.Realm.StateRoot, "team") {
		t.Errorf("got %v", reply)
	}
	if !strings.Contains(sh.out.String(), `"do":"realmconf --realm team edit","level":"problem","what":"line 2: /rest/prot: no such key; did you mean /rest/port?","where":"/rest/prot"`) {
		t.Errorf("got %s", sh.out.String())
	}
	sh.session.Terminal = &Terminal{Interactive: true, Width: 80}
	if sh.run("doctor"); !strings.Contains(sh.out.String(), "\nproblem  line 2: /rest/prot: no such key; did you mean /rest/port?\n         /rest/prot\n         do: realmconf edit\n") {
		t.Errorf("on a terminal: got %q", sh.out.String())
	}
	if sh.run("doctor", "--json"); !strings.HasPrefix(sh.out.String(), "{\n  \"config\": ") {
		t.Errorf("--json on a terminal: got %q", sh.out.String())
	}
	if err := os.WriteFile(filepath.Join(sh.session.Realm.StateRoot, "team", "config.toml"), []byte("[rest]\nport = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code := sh.run("doctor"); code != ExitDone || !strings.HasSuffix(sh.out.String(), "no problem was found\n") {
		t.Errorf("exit %d, %q", code, sh.out.String())
	}
	sh.session.Realm.Backend = "memory" // doctor reports it as a problem, and is not refused
	if code := sh.run("doctor"); code != ExitRefused || !strings.Contains(sh.out.String(), "--realm-backend asks for memory") {
		t.Errorf("another backend: exit %d, %q", code, sh.out.String())
	}
}

func TestPrintDiagnosis(t *testing.T) {
	sh := newShell(t, Terminal{Interactive: true, Width: 80})
	d := &diagnosis{location: &realm.Location{ID: "team"}}
	d.add(note, "all is well", "", "")
	sh.session.printDiagnosis(d)
	sh.wantStdout("note     all is well\nno problem was found\n")
	d.add(problem, "config.toml cannot be read", "/realms/te\nam/config.toml", "repair the file")
	sh.session.printDiagnosis(d)
	sh.wantStdout("note     all is well\nproblem  config.toml cannot be read\n         /realms/te\\nam/config.toml\n         do: repair the file\n")
	sh.session.Terminal.Colour = true
	sh.session.printDiagnosis(d)
	sh.wantStdout("\x1b[36mnote    \x1b[0m all is well\n\x1b[31mproblem \x1b[0m config.toml cannot be read\n         /realms/te\\nam/config.toml\n         \x1b[1mdo: \x1b[0mrepair the file\n")
}

func TestFormatAge(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 seconds ago", time.Second: "1 second ago", 90 * time.Second: "1 minute ago", time.Hour: "1 hour ago", 5 * time.Hour: "5 hours ago", 47 * time.Hour: "47 hours ago", 72 * time.Hour: "3 days ago", -1: "in the future",
	} {
		if got := formatAge(d); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}
