package main

import (
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// TestRun_allocations guards what the two commands that a person waits for allocate:
// each page of memory that a command touches first takes longer than reading a file.
func TestRun_allocations(t *testing.T) {
	stateRoot, _ := copyRealm(t)
	flags := []string{"--realm", "team", "--state-root", stateRoot}
	for name, most := range map[string]struct{ objects, kilobytes uint64 }{
		"get":        {1060, 122},
		"completion": {850, 110},
	} {
		words := startCommands[name]
		args := slices.Concat(words[:1], flags, words[1:])
		var objects, bytes uint64
		for range 3 { // the last one: the first makes what the process keeps
			var out strings.Builder
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if code := run(args, strings.NewReader(""), &out, io.Discard); code != 0 || out.Len() == 0 {
				t.Fatalf("%s: exit %d, %q", name, code, out.String())
			}
			runtime.ReadMemStats(&after)
			objects, bytes = after.Mallocs-before.Mallocs, after.TotalAlloc-before.TotalAlloc
		}
		if objects > most.objects || bytes > most.kilobytes<<10 {
			t.Errorf("%s: got %d objects and %d KB, want at most %d and %d", name, objects, bytes>>10, most.objects, most.kilobytes)
		}
	}
}
