//go:build linux || darwin

package realm

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"realmconf/runtime/store/file"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree/treetest"
)

// hostile are the things that a stranger may put in the place of a file. Each
// function gets the place, a file of the user, and the user's directory.
var hostile = []func(place, target, dir string) error{
	func(place, target, dir string) error { return os.Symlink(target, place) },
	func(place, target, dir string) error { return os.Symlink(dir, place) },
	func(place, target, dir string) error { return os.Symlink("nowhere", place) },
	func(place, target, dir string) error { return os.Symlink(filepath.Base(place), place) },
	func(place, target, dir string) error { return os.Symlink("/dev/zero", place) },
	func(place, target, dir string) error { return os.Symlink("/proc/self/environ", place) },
	func(place, target, dir string) error { return os.Link(target, place) },
	func(place, target, dir string) error { return os.Mkdir(place, 0o777) },
	func(place, target, dir string) error { return syscall.Mkfifo(place, 0o666) },
	func(place, target, dir string) error { return os.WriteFile(place, nil, 0o444) },
	func(place, target, dir string) error { return os.WriteFile(place, []byte("\x00\xff{}[["), 0o666) },
	func(place, target, dir string) error {
		if err := os.WriteFile(place, nil, 0o666); err != nil {
			return err
		}
		return os.Truncate(place, 6<<30) // sparse
	},
}

// Whatever lies in a project's realm, a read and a write change nothing outside
// it, and end soon, in little memory. TestOpen_randomHostileRealms combines such
// things.
func TestOpen_hostileDirectories(t *testing.T) {
	const leftover = ".realmconf-team-01a205cf-7b0d-7d07-bd9c-a1e9a242d2b0."
	places := []string{
		configName, "config_state.json", "config_state.lock", "config_state.guard", "config_history", "config_history/1.json",
		"config_history/2.json", "config_history/.displaced", leftover + "config", leftover + "state", leftover + "lock", manifestName,
	}
	// Each thing in each place: where these are too many, each thing and each place.
	for n := 0; n < len(places)*len(hostile); n += treetest.Cases(1, 5) * treetest.Stride(5) {
		name, put := places[n%len(places)], hostile[n/len(places)]
		w := newWorld(t)
		newRealmIn(t, filepath.Join(w.local(), "team"))
		target := filepath.Join(w.home, ".profile")
		write(t, target, "old")
		write(t, filepath.Join(w.home, "2.json"), "{}")
		place := filepath.Join(w.local(), "team", filepath.FromSlash(name))
		must(t, os.RemoveAll(place))
		must(t, put(place, target, w.home))
		before := contents(t, w.home)
		var start, end runtime.MemStats
		runtime.ReadMemStats(&start)
		begun := timeOfProcess()
		if location, err := Locate(Selection{Realm: "team"}, w.env); err == nil {
			options := fileOptions(location, 2)
			options.LockTimeout = 50 * time.Millisecond
			s := newRealmStore(location, file.Open(options))
			for i := range 3 {
				state, err := s.Load(t.Context())
				_, _ = s.List(t.Context(), 0, 10)
				if err == nil {
					_ = s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, fmt.Sprint("new", i)))
				}
			}
			file.Inspect(options)
		}
		runtime.ReadMemStats(&end)
		if took := timeOfProcess() - begun; took > treetest.RaceFactor*maxActTime {
			t.Errorf("case %d, in the place of %s: it took %v of the processor's time", n, name, took)
		}
		if used := end.TotalAlloc - start.TotalAlloc; used > 64<<20 {
			t.Errorf("case %d, in the place of %s: it took %d MB", n, name, used>>20)
		}
		if after := contents(t, w.home); !maps.Equal(before, after) {
			t.Errorf("case %d, in the place of %s: outside the realm: got %q, want %q", n, name, after, before)
		}
	}
}
