package file

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"realmconf/runtime/store"
	"realmconf/schema/tree/treetest"
)

// ledger keeps the text of every number during a test: no number may have two.
type ledger struct {
	mu    sync.Mutex
	texts map[uint64]string
}

func (l *ledger) note(t *testing.T, generation uint64, text string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.texts == nil {
		l.texts = make(map[uint64]string)
	}
	if known, ok := l.texts[generation]; ok && known != text {
		t.Errorf("generation %d had the text %q and has %q now", generation, known, text)
	}
	l.texts[generation] = text
}

// audit is the content of a realm's files, read without the store.
type audit struct {
	text  string
	state state
	clean bool     // the text is the state's
	kept  []string // texts that were displaced
}

// audit reads the files and checks the invariants that hold at every moment, also
// in the middle of a commit that crashed.
func (r realm) audit(l *ledger) audit {
	r.t.Helper()
	var a audit
	if b, err := os.ReadFile(r.path("config.toml")); err == nil {
		a.text = string(b)
	}
	bound := make(map[uint64]store.Digest)
	entries, _ := os.ReadDir(r.path(historyName))
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), damagedPrefix) {
			continue // it need not be a file
		}
		b, err := os.ReadFile(r.path(filepath.Join(historyName, e.Name())))
		if err != nil {
			r.t.Fatal(err)
		}
		if strings.HasPrefix(e.Name(), displacedPrefix) {
			a.kept = append(a.kept, string(b))
		}
		first, ok := parseRecordFile(e.Name())
		if !ok {
			continue
		}
		records, _ := parseRecords(first, b)
		for _, record := range records {
			l.note(r.t, record.Generation, string(record.Text))
			bound[record.Generation] = record.Digest
		}
	}
	if b, err := os.ReadFile(r.path(stateName)); err == nil {
		if a.state, err = parseState(b); err != nil {
			r.t.Errorf("%s: %v: %q", stateName, err, b)
		}
		digest, ok := bound[a.state.generation]
		if ok && a.state.digest != (store.Digest{}) && digest != a.state.digest {
			r.t.Errorf("the state and the record of generation %d have different digests", a.state.generation)
		}
		a.clean = a.state.digest == store.DigestOf([]byte(a.text))
		if a.clean {
			l.note(r.t, a.state.generation, a.text)
		}
	}
	return a
}

// somewhere reports whether a text is still there: as the config, in a record, or
// as a displaced text.
func (r realm) somewhere(text string) bool {
	r.t.Helper()
	if r.exists("config.toml") && r.get("config.toml") == text {
		return true
	}
	entries, _ := os.ReadDir(r.path(historyName))
	for _, e := range entries {
		b := r.get(filepath.Join(historyName, e.Name()))
		if b == text {
			return true
		}
		if first, ok := parseRecordFile(e.Name()); ok {
			records, _ := parseRecords(first, []byte(b))
			for _, record := range records {
				if string(record.Text) == text {
					return true
				}
			}
		}
	}
	return false
}

// newFastRealm returns a realm in memory. It is for tests with very many states and no
// loss of power.
func newFastRealm(t *testing.T) realm {
	t.Helper()
	return realm{t, filepath.Join(treetest.MemoryDir(t), "team")}
}
