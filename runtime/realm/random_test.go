//go:build linux || darwin

package realm

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"realmconf/runtime/store"
	"realmconf/runtime/store/file"
	"realmconf/runtime/store/storetest"
)

// The test binary is also a process that reads and writes the realm team of a
// project, in a directory with the parts of a world.
const (
	victimDir     = "REALMCONF_TEST_VICTIM_DIR"
	victimHistory = "REALMCONF_TEST_VICTIM_HISTORY" // how many commits it keeps
	seedName      = "REALMCONF_TEST_SEED"           // the one case to run, for whoever looks for the cause of a failure
)

// The limits of one read or write. The time is that of the processor, because the
// machine may have other things to do.
const (
	maxActTime   = 2 * time.Second
	maxActMemory = 64 << 20
	maxCaseTime  = 5 * time.Minute // by the clock, of all of them: nothing may hang
)

// act is one read or write of the process, as it reports it.
type act struct {
	Name   string
	Time   time.Duration // of the processor
	Memory uint64        // from the system, since the process began
	Error  string
}

// runAsVictim is the process. It prints its acts.
func runAsVictim(dir string) error {
	w := worldIn(dir)
	history, err := strconv.Atoi(os.Getenv(victimHistory))
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	start := memoryOfProcess()
	do := func(name string, f func() error) {
		before := timeOfProcess()
		err := f()
		a := act{Name: name, Time: timeOfProcess() - before, Memory: memoryOfProcess() - start}
		if err != nil {
			a.Error = err.Error()
		}
		_ = out.Encode(a)
	}
	var location *Location
	do("Locate", func() (err error) {
		location, err = Locate(Selection{Realm: "team"}, w.env)
		return err
	})
	if location == nil {
		return nil
	}
	ctx := context.Background()
	options := fileOptions(location, history)
	options.LockTimeout = 200 * time.Millisecond
	options.IsText = func(text []byte) bool { return !bytes.Contains(text, []byte("secret")) }
	for i := range 2 { // two processes
		s := newRealmStore(location, file.Open(options))
		var state store.State
		for j := range 2 {
			err := errors.New("not loaded")
			do("Load", func() error { state, err = s.Load(ctx); return err })
			if err == nil {
				do("CompareAndSwap", func() error {
					return s.CompareAndSwap(ctx, state.Version, storetest.Commit(state, fmt.Sprintf("a = %d\n", 2*i+j)))
				})
			}
			do("List", func() error { _, err := s.List(ctx, 0, 100); return err })
			do("Record", func() error { _, err := s.Record(ctx, 1); return err })
		}
	}
	do("Inspect", func() error { file.Inspect(options); return nil })
	do("Leases", func() error { _, err := location.Leases(time.Now()); return err })
	return nil
}

func timeOfProcess() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func memoryOfProcess() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Sys // it does not fall
}

// hostileRealm is a realm into which somebody has put all kinds of things.
type hostileRealm struct {
	*rand.Rand
	t       *testing.T
	world   world
	realm   string
	victims []string // files of the user, elsewhere
	ids     []string // of commits
	put     []string // what was put where
}

const knownText = "export PATH=/bin # secret\n"

// newHostileRealm makes a realm, the user's other files, and the things.
// They belong to owner, if that is not nil.
func newHostileRealm(t *testing.T, seed uint64, dir string, owner *user) *hostileRealm {
	h := &hostileRealm{Rand: rand.New(rand.NewPCG(seed, 2)), t: t, world: worldIn(dir)}
	h.realm = filepath.Join(h.world.local(), "team")
	mkdir(t, h.world.home, h.world.data, h.world.work)
	for _, v := range []struct {
		name, text string
		mode       fs.FileMode
	}{
		{".profile", knownText, 0o644}, {".ssh/id_ed25519", "secret", 0o600}, {"bin/tool", "#!/bin/sh\n", 0o755},
		{"notes.toml", "a = 1\n", 0o664}, {"1.json", "{}", 0o600}, {"empty", "", 0o600},
	} {
		path := filepath.Join(h.world.home, v.name)
		write(t, path, v.text)
		must(t, os.Chmod(path, v.mode))
		h.victims = append(h.victims, path)
	}
	newRealmIn(t, h.realm)
	s := file.Open(file.Options{Document: filepath.Join(h.realm, configName), Dir: h.realm, RealmTag: "team"})
	for n := range h.IntN(4) {
		state, err := s.Load(t.Context())
		must(t, err)
		next := storetest.Commit(state, fmt.Sprintf("n = %d\n", n))
		must(t, s.CompareAndSwap(t.Context(), state.Version, next))
		h.ids = append(h.ids, next[0].CommitID)
	}
	h.ids = append(h.ids, "01a205cf-7b0d-7d07-bd9c-a1e9a242d2b0")
	if owner != nil {
		must(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			if err == nil && (!slices.Contains(h.victims, path) || h.IntN(2) == 0) {
				err = os.Lchown(path, int(owner.uid), int(owner.uid))
			}
			return err
		}))
	}
	for range 1 + min(h.IntN(6), h.IntN(6)) { // often one, which the others do not hide
		h.putOne()
	}
	return h
}

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

// place returns a name in the realm's directory.
func (h *hostileRealm) place() string {
	leftover := ".realmconf-team-" + pick(h.Rand, h.ids) + "."
	number := pick(h.Rand, []string{"1", "2", "3", "4", "5", "100", "9223372036854775807", "18446744073709551615", "007"})
	return pick(h.Rand, []string{
		configName, configName, configName, "config_state.json", "config_state.json", "config_state.lock", "config_state.guard", manifestName, lockName,
		"config_history", "config_history/" + number + ".json", "config_history/" + number + ".json", "config_history/.displaced",
		"config_history/displaced-" + pick(h.Rand, h.ids) + ".toml", "config_history/damaged-" + pick(h.Rand, h.ids) + ".state", "config_history/superseded-" + number + ".txt",
		leftover + "config", leftover + "config.kept", leftover + "state", leftover + "lock", leftover + "stale", "leases/x.json", "leases",
	})
}

// putOne puts one thing into the realm, in the place of what is there.
func (h *hostileRealm) putOne() {
	name := h.place()
	path := filepath.Join(h.realm, filepath.FromSlash(name))
	_ = os.Mkdir(filepath.Dir(path), 0o755)
	if info, err := os.Lstat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return // the place above is taken
	}
	must(h.t, os.RemoveAll(path))
	what, err := h.thing(path)
	if err != nil {
		h.t.Fatalf("%s in the place of %s: %v", what, name, err)
	}
	h.put = append(h.put, what+" in the place of "+name)
	info, err := os.Lstat(path)
	if err != nil || info.Mode()&fs.ModeSymlink != 0 || strings.HasPrefix(what, "a hard link") {
		return // the rights are those of a file elsewhere
	}
	if h.IntN(3) == 0 {
		must(h.t, os.Chmod(path, pick(h.Rand, []fs.FileMode{0, 0o444, 0o666, 0o777, 0o777 | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky, 0o111})))
	}
	if h.IntN(3) == 0 {
		at := time.Now().Add(pick(h.Rand, []time.Duration{-time.Hour, -time.Minute, time.Hour, 1000 * time.Hour}))
		must(h.t, os.Chtimes(path, at, at))
	}
	if os.Geteuid() == 0 && h.IntN(3) == 0 {
		owner := pick(h.Rand, []int{0, int(ann.uid), int(bob.uid), 4242})
		must(h.t, os.Lchown(path, owner, owner))
	}
}

// thing makes something that a stranger may have put there, and says what it is.
func (h *hostileRealm) thing(path string) (string, error) {
	victim := pick(h.Rand, h.victims)
	switch h.IntN(21) {
	case 0, 1, 2:
		return "a link to " + victim, os.Symlink(victim, path)
	case 3:
		to := pick(h.Rand, []string{"nowhere", ".", "..", filepath.Base(path), configName, "config_history/1.json", h.world.home, "/dev/zero", "/dev/stdin", "/proc/self/environ", "/proc/self/mem", "/dev/tty"})
		return "a link to " + to, os.Symlink(to, path)
	case 4, 5:
		return "a hard link to " + victim, os.Link(victim, path)
	case 6:
		if err := os.Mkdir(path, 0o777); err != nil || h.IntN(2) == 0 {
			return "an empty directory", err
		}
		return "a directory with a link", os.Symlink(victim, filepath.Join(path, "1.json"))
	case 7:
		return "a pipe", syscall.Mkfifo(path, 0o666)
	case 8:
		return "a socket", makeSocket(path)
	case 9:
		size := pick(h.Rand, []int64{1 << 20, 1<<20 + 1, 64 << 10, 8 << 20, 8<<20 + 1, 6 << 30, 1 << 40})
		if err := os.WriteFile(path, nil, 0o666); err != nil {
			return "a sparse file", err
		}
		return fmt.Sprintf("a sparse file of %d bytes", size), os.Truncate(path, size)
	case 10:
		n := pick(h.Rand, []int{1000, 60000, 4 << 20})
		return fmt.Sprintf("%d brackets", n), os.WriteFile(path, bytes.Repeat([]byte(pick(h.Rand, []string{"[", `{"a":`})), n), 0o666)
	case 11:
		dir := filepath.Dir(path)
		for n := range 300 {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.json", 10+n)), []byte("{}"), 0o666); err != nil && !errors.Is(err, fs.ErrPermission) {
				return "many files", err
			}
		}
		return "many files", os.WriteFile(path, nil, 0o666)
	case 12:
		dir := filepath.Dir(path)
		for n := range 4 {
			name := filepath.Join(dir, fmt.Sprintf("%d.json", 10+n))
			if err := os.WriteFile(name, h.records(uint64(10+n), 7, 1<<20-100), 0o666); err != nil {
				return "many long records", err
			}
		}
		return "many long records", os.WriteFile(path, nil, 0o666)
	case 13:
		state := fmt.Sprintf(`{"generation":%s`, h.number())
		if h.IntN(2) == 0 {
			state += fmt.Sprintf(`,"config_sha256":"%s"`, store.DigestOf([]byte(h.text())))
		}
		return "a state " + state, os.WriteFile(path, []byte(state+"}"), 0o666)
	case 14:
		lock := fmt.Sprintf(`{"pid":%d,"host":%q,"boot_id":"x","guard":"1:2","nonce":"n"}`, h.IntN(9999), strings.Repeat("h", h.IntN(3)*300000))
		return "a lock", os.WriteFile(path, []byte(pick(h.Rand, []string{lock, "config-runtime-lock", "realm-manifest-lock", ""})), 0o666)
	case 15:
		return "a manifest", os.WriteFile(path, []byte(manifestText(strings.Repeat("r", 1+h.IntN(2)*500000))), 0o666)
	case 16:
		return "a text", os.WriteFile(path, []byte(h.text()), 0o666)
	case 20:
		return "a long chain", h.chain()
	case 17:
		return "many short records", os.WriteFile(path, h.records(h.first(path), 3000, 0), 0o666)
	default:
		return "made-up records", os.WriteFile(path, h.records(h.first(path), 1+h.IntN(3), 0), 0o666)
	}
}

// makeSocket makes a socket's file. Its path may be too long for one, so that the
// file is made elsewhere.
func makeSocket(path string) error {
	dir, err := os.MkdirTemp("", "s")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	l, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		return err
	}
	defer l.Close()
	return os.Rename(filepath.Join(dir, "s"), path)
}

// first returns the number in a name.
func (h *hostileRealm) first(path string) uint64 {
	n, err := strconv.ParseUint(strings.TrimSuffix(filepath.Base(path), ".json"), 10, 64)
	if err != nil {
		return 1
	}
	return n
}

func (h *hostileRealm) number() string {
	return pick(h.Rand, []string{"0", "1", "2", "3", "7", "100", "-1", "1.5", "9223372036854775806", "9223372036854775807", "18446744073709551615", "null"})
}

func (h *hostileRealm) text() string {
	return pick(h.Rand, []string{knownText, "secret", "a = 1\n", "old", "n = 0\n", "", "not TOML", "\x00\xff"})
}

// records returns made-up records. If length is not 0, their texts are so long.
func (h *hostileRealm) records(first uint64, count, length int) []byte {
	var b bytes.Buffer
	for n := range count {
		text := h.text()
		if length > 0 {
			text = strings.Repeat("#", length)
		}
		parent := pick(h.Rand, []uint64{0, first - 1, first + uint64(n) - 1, first, 1, 2})
		line, err := json.Marshal(map[string]any{
			"generation": first + uint64(n), "parent": parent, "parent_sha256": store.DigestOf([]byte(h.text())).String(),
			"supersedes": h.Uint64N(9), "supersedes_sha256": store.DigestOf([]byte(h.text())).String(),
			"sha256": store.DigestOf([]byte(text)).String(), "commit_id": pick(h.Rand, h.ids), "time": "2026-01-01T00:00:00Z",
			"operation": pick(h.Rand, []string{"patch", "external", "peer", "recovered", strings.Repeat("o", 5000)}),
			"text":      text, "reason": strings.Repeat("r", h.IntN(2)*1000),
		})
		must(h.t, err)
		b.Write(append(line, '\n'))
	}
	return b.Bytes()
}

// chain puts a history of long texts that is whole, with its config and state.
func (h *hostileRealm) chain() error {
	parent, text, history := store.Empty(), "", filepath.Join(h.realm, "config_history")
	if info, err := os.Lstat(history); err != nil || !info.IsDir() {
		return nil // something else is in its place
	}
	for n := uint64(1); n <= 70; n++ {
		text = fmt.Sprint("# ", n, strings.Repeat("#", 1<<20-100))
		version := store.Version{Generation: n, Digest: store.DigestOf([]byte(text))}
		line, err := json.Marshal(map[string]any{
			"generation": n, "parent": parent.Generation, "parent_sha256": parent.Digest.String(), "sha256": version.Digest.String(),
			"time": "2026-01-01T00:00:00Z", "operation": "patch", "text": text,
		})
		must(h.t, err)
		path := filepath.Join(history, fmt.Sprintf("%d.json", n))
		if err := errors.Join(os.RemoveAll(path), os.WriteFile(path, append(line, '\n'), 0o644)); err != nil {
			return err
		}
		parent = version
	}
	for name, text := range map[string]string{configName: text, "config_state.json": fmt.Sprintf(`{"generation":70,"config_sha256":"%s"}`, parent.Digest)} {
		path := filepath.Join(h.realm, name)
		if err := errors.Join(os.RemoveAll(path), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			return err
		}
	}
	return nil
}

// outside describes everything in the world but the realm's directory. The time
// stamp of the directory that the realm is in may change: its lock files are there
// for a moment.
func (h *hostileRealm) outside() map[string]string {
	all := make(map[string]string)
	must(h.t, filepath.WalkDir(h.world.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if path == h.realm {
			return fs.SkipDir
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		st := info.Sys().(*syscall.Stat_t)
		what := fmt.Sprint(info.Mode(), st.Uid, st.Gid)
		if path != filepath.Dir(h.realm) {
			what += fmt.Sprint(info.ModTime().UnixNano())
		}
		if info.Mode().IsRegular() {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			what += fmt.Sprintf("%x", sha256.Sum256(text))
		}
		all[path] = what
		return nil
	}))
	return all
}

// Whatever somebody has put into a project's realm, in any combination, reads and
// writes leave everything outside it as it is, to the byte, and each takes little
// time and memory: for the administrator and for an ordinary user.
func TestOpen_randomHostileRealms(t *testing.T) {
	top, err := os.MkdirTemp("", "realmconf-hostile-")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(top) })
	top, err = filepath.EvalSymlinks(top)
	must(t, err)
	must(t, os.Chmod(top, 0o755))
	exe, err := os.Executable()
	must(t, err)
	program, err := os.ReadFile(exe)
	must(t, err)
	exe = filepath.Join(top, "program")
	must(t, os.WriteFile(exe, program, 0o755))
	must(t, os.Chmod(exe, 0o755))

	seeds, base := 60, uint64(time.Now().UnixNano())
	if testing.Short() || raceFactor > 1 {
		seeds = 12
	}
	if text := os.Getenv(seedName); text != "" {
		seeds = 1
		base, err = strconv.ParseUint(text, 10, 64)
		must(t, err)
	}
	for i := range seeds {
		seed := base + uint64(i)
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(top, fmt.Sprint(seed))
			defer os.RemoveAll(dir)
			var owner *user
			var as *syscall.SysProcAttr
			if os.Geteuid() == 0 && seed%2 == 0 {
				owner = &ann
				as = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: ann.uid, Gid: ann.groups[0], Groups: ann.groups}}
			}
			h := newHostileRealm(t, seed, dir, owner)
			before := h.outside()
			acts := h.runVictim(exe, as)
			if after := h.outside(); !maps.Equal(before, after) {
				for path := range after {
					if after[path] != before[path] {
						t.Errorf("%s was %q, and is %q", path, before[path], after[path])
					}
				}
				for path := range before {
					if _, is := after[path]; !is {
						t.Errorf("%s is gone", path)
					}
				}
			}
			for _, a := range acts {
				if a.Time > raceFactor*maxActTime || a.Memory > maxActMemory {
					t.Errorf("%s: %v and %d MiB, want at most %v and %d; the error: %s", a.Name, a.Time, a.Memory>>20, maxActTime, maxActMemory>>20, a.Error)
				}
			}
			if t.Failed() {
				t.Logf("%s=%d; user %v; %s", seedName, seed, owner, strings.Join(h.put, "; "))
			}
		})
	}
}

// runVictim runs the process and returns its acts.
func (h *hostileRealm) runVictim(exe string, as *syscall.SysProcAttr) (acts []act) {
	ctx, cancel := context.WithTimeout(h.t.Context(), maxCaseTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, exe)
	cmd.Dir, cmd.SysProcAttr = "/", as
	cmd.Env = append(os.Environ(), victimDir+"="+h.world.dir, victimHistory+"="+pick(h.Rand, []string{"0", "2"}), "GORACE=atexit_sleep_ms=0")
	var problems strings.Builder
	cmd.Stderr = &problems
	out, err := cmd.Output()
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var a act
		if d.Decode(&a) != nil {
			break
		}
		acts = append(acts, a)
	}
	if err != nil || len(acts) == 0 {
		h.t.Errorf("the process ended with %v after %+v: %.2000s", err, acts, problems.String())
	}
	return acts
}
