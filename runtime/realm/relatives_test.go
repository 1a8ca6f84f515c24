//go:build unix

package realm

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"realmconf/runtime/store"
)

// TestRelatives_remembered: the second reading of a few hundred realms finds what the
// first one has read, and long texts are not remembered without a bound.
func TestRelatives_remembered(t *testing.T) {
	for name, tt := range map[string]struct {
		count, length int
		want          bool
	}{
		"many short ones": {count: 300, length: 20, want: true},
		"few long ones":   {count: 2 * maxRelativeBytes >> 20, length: 1<<20 - 100, want: false},
	} {
		w := newWorld(t)
		write(t, filepath.Join(w.work, "states", "team", configName), "")
		for i := range tt.count {
			write(t, filepath.Join(w.work, "states", fmt.Sprint("r", i), configName), "#"+strings.Repeat("x", tt.length))
		}
		l, err := Locate(Selection{Realm: "team", StateRoot: "states"}, w.env)
		must(t, err)
		known := relatives{location: l}
		read := func() (all []store.Relative) {
			for i := range tt.count {
				one, err := known.get(fmt.Sprint("r", i))
				must(t, err)
				if _, err := one.Observe(t.Context()); err != nil {
					t.Fatal(err)
				}
				all = append(all, one)
			}
			return all
		}
		first, again := read(), read()
		if got := first[0] == again[0]; got != tt.want {
			t.Errorf("%s: the first realm was remembered: %v, want %v", name, got, tt.want)
		}
		if known.bytes > maxRelativeBytes+1<<20 {
			t.Errorf("%s: %d bytes are remembered, want at most %d", name, known.bytes, maxRelativeBytes+1<<20)
		}
	}
}

// TestList_more tells that a state root has more realms than are listed.
func TestList_more(t *testing.T) {
	for _, extra := range []int{0, 1} {
		w := newWorld(t)
		for i := range MaxListed + extra {
			mkdir(t, filepath.Join(w.work, "states", fmt.Sprintf("r%04d", i)))
		}
		s := Selection{Realm: "team", StateRoot: filepath.Join(w.work, "states"), UserConfigRoot: w.home}
		if _, more, err := List(t.Context(), s, w.env); err != nil || more != (extra > 0) {
			t.Errorf("%d entries: got more %v, %v", MaxListed+extra, more, err)
		}
	}
}
