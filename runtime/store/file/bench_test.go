//go:build linux || darwin

package file

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store/storetest"
)

// benchText returns a configuration of usual size, different for every n.
func benchText(n int) string {
	return strings.Repeat("# a comment of some length\nkey = 1\n", 60) + "n = " + strconv.Itoa(n) + "\n"
}

func benchCommit(b *testing.B, s *Store, n int) {
	state, err := s.Load(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	if err := s.CompareAndSwap(b.Context(), state.Version, storetest.Commit(state, benchText(n))); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkCachedLoad measures a read of files that have not changed: two stats.
func BenchmarkCachedLoad(b *testing.B) {
	dir := b.TempDir()
	s := open(Options{Document: dir + "/config.toml", Dir: dir}, disk.OS{}, aged(), "boot")
	benchCommit(b, s, 0)
	for b.Loop() {
		if _, err := s.Load(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFirstLoad measures a read that opens all files.
func BenchmarkFirstLoad(b *testing.B) {
	dir := b.TempDir()
	s := Open(Options{Document: dir + "/config.toml", Dir: dir})
	benchCommit(b, s, 0)
	for b.Loop() {
		s.cache = nil
		if _, err := s.Load(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCommit measures one durable change. "x-floor" is the ratio to a bare
// loop that writes, fsyncs and exchanges the same files, in turn with it: the
// goal is 1.5 at most. "alone" pauses after each change, as a client does that
// waits for a person. "busy" does not, and so contains the pauses that leave the
// lock free for peers. The bare loop of "hinted" writes all files first and calls
// StartSync, as a commit does: that is the fastest possible loop.
func BenchmarkCommit(b *testing.B) {
	for _, v := range []struct {
		name  string
		pause time.Duration
		floor func(b *testing.B, dir string, n int)
	}{
		{"alone", 10 * time.Millisecond, floor},
		{"busy", 0, floor},
		{"alone-hinted", 10 * time.Millisecond, hintedFloor},
		{"busy-hinted", 0, hintedFloor},
	} {
		b.Run(v.name, func(b *testing.B) {
			dir := b.TempDir()
			s := Open(Options{Document: dir + "/config.toml", Dir: dir})
			benchCommit(b, s, 0)
			bare := b.TempDir()
			v.floor(b, bare, 0)
			var commits, floors time.Duration
			for n := 1; b.Loop(); n++ {
				begin := time.Now()
				benchCommit(b, s, n)
				middle := time.Now()
				v.floor(b, bare, n)
				commits += middle.Sub(begin)
				floors += time.Since(middle)
				<-time.After(v.pause) // in neither measurement
			}
			b.ReportMetric(float64(commits)/float64(floors), "x-floor")
			b.ReportMetric(float64(commits.Microseconds())/float64(b.N), "commit-µs")
			b.ReportMetric(float64(floors.Microseconds())/float64(b.N), "floor-µs")
		})
	}
}

// floor makes the accesses to the disk that every commit needs: it writes the
// same files with the same bytes, one after the other.
func floor(b *testing.B, dir string, n int) { bareLoop(b, dir, n, false) }

func hintedFloor(b *testing.B, dir string, n int) { bareLoop(b, dir, n, true) }

func bareLoop(b *testing.B, dir string, n int, hinted bool) {
	history := filepath.Join(dir, historyName)
	if n == 0 {
		if err := os.Mkdir(history, 0o700); err != nil {
			b.Fatal(err)
		}
	}
	text := []byte(benchText(n))
	record := fmt.Appendf(nil, "{\"generation\":%d,\"text\":%q}\n", n, text)
	state := fmt.Appendf(nil, "{\n  \"generation\": %d,\n  \"config_sha256\": %q\n}", n, strings.Repeat("0", 64))
	files := []struct {
		name, to string
		bytes    []byte
	}{
		{filepath.Join(history, recordFile(uint64(n+1))), "", record},
		{dir + "/config.tmp", dir + "/config.toml", text},
		{dir + "/state.tmp", dir + "/" + stateName, state},
	}
	var written []disk.File
	flush := func() {
		for _, h := range written {
			if err := h.Sync(); err != nil {
				b.Fatal(err)
			}
			h.Close()
		}
		written = nil
	}
	for _, f := range files {
		h, err := disk.OS{}.Open(f.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := h.Write(f.bytes); err != nil {
			b.Fatal(err)
		}
		written = append(written, h)
		if hinted {
			disk.OS{}.StartSync(h)
		} else {
			flush()
		}
	}
	flush()
	if err := (disk.OS{}).SyncDir(history); err != nil {
		b.Fatal(err)
	}
	for _, f := range files[1:] {
		if n == 0 {
			if err := os.Rename(f.name, f.to); err != nil {
				b.Fatal(err)
			}
			continue
		}
		if err := (disk.OS{}).Exchange(f.name, f.to); err != nil {
			b.Fatal(err)
		}
		if err := os.Remove(f.name); err != nil {
			b.Fatal(err)
		}
	}
	if err := (disk.OS{}).SyncDir(dir); err != nil {
		b.Fatal(err)
	}
}
