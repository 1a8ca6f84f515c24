package etcd

import (
	"context"
	"fmt"
	"strings"
	"time"

	"realmconf/runtime/store"
)

// maxDamaged is how many keys of damaged records are named.
const maxDamaged = 5

// inspectHistory tells the generation, which ones are kept, and those that are damaged or
// missing among them.
func (s *Store) inspectHistory(ctx context.Context, v *view, add addFunc) {
	add(store.Note, s.keys.head(), "", "generation %d, %d bytes", v.version.Generation, len(v.text))
	if newest, err := s.newestKeys(ctx, 1, true); err == nil && len(newest) == 1 {
		if n, ok := s.keys.generationOf(newest[0].key); ok && n > v.version.Generation {
			add(store.Problem, newest[0].key, s.repair(ctx), "the history has generation %d, and the head is at %d: it was set back, and no change can be made", n, v.version.Generation)
		}
	}
	r, err := s.getRange(ctx, rangeRequest{key: s.keys.generation(0), end: s.keys.generation(v.version.Generation), limit: 1, keysOnly: true})
	if err != nil || len(r.kvs) == 0 {
		return
	}
	if oldest, ok := s.keys.generationOf(r.kvs[0].key); ok {
		add(store.Note, "", "", "the history has generations %d to %d", oldest, v.version.Generation)
		s.inspectRecords(ctx, oldest, v.version.Generation, add)
	}
	newest, err := s.Record(ctx, v.version.Generation)
	if err == nil && time.Until(newest.Time) > time.Minute {
		add(store.Warning, "", "set the clocks of the machines; the order of the generations does not depend on them", "the last change is dated in the future: the clock of %q is ahead, or this one is behind", newest.Actor.Host)
	}
}

// inspectRecords reads the records from oldest up to newest, as far as the budget goes.
func (s *Store) inspectRecords(ctx context.Context, oldest, newest uint64, add addFunc) {
	const do = "restore the key from a backup if the text is needed; the other generations are not affected"
	var damaged []string
	lowest := newest + 1
	missing := uint64(0)
	err := s.walk(ctx, newest+1, int(min(newest, 1<<30)), func(key string) {
		damaged = append(damaged, key)
		if n, ok := s.keys.generationOf(key); ok {
			missing += lowest - n - 1
			lowest = n
		}
	}, func(r store.Record) bool {
		missing += lowest - r.Generation - 1
		lowest = r.Generation
		return r.Generation > oldest
	})
	if err != nil {
		return // the next read shows it
	}
	for _, key := range damaged[:min(len(damaged), maxDamaged)] {
		add(store.Warning, key, do, "a record of the history is not one of realmconf's, and is left out")
	}
	if more := len(damaged) - maxDamaged; more > 0 {
		add(store.Warning, "", "", "%d more records are not realmconf's", more)
	}
	if missing > 0 {
		add(store.Warning, "", do, "%d generations between %d and %d are missing in the history: another program removed them", missing, lowest, newest)
	}
}

// newestKeys returns the newest records, and whatever else has a key among theirs.
func (s *Store) newestKeys(ctx context.Context, limit int, keysOnly bool) ([]keyValue, error) {
	r, err := s.getRange(ctx, rangeRequest{key: s.keys.generation(0), end: s.keys.head(), limit: limit, keysOnly: keysOnly, newest: true})
	if err != nil {
		return nil, err
	}
	return r.kvs, nil
}

// repair returns the commands that make the newest record that can be read the current
// one; "" if there is none, or it cannot be found. A backup may have more.
func (s *Store) repair(ctx context.Context) string {
	newest, err := s.newestKeys(ctx, pageSize, false)
	if err != nil {
		return ""
	}
	var commands []string
	for _, kv := range newest {
		n, ok := s.keys.generationOf(kv.key)
		if !ok {
			continue
		}
		r, err := decodeRecord(n, kv.value)
		if err != nil {
			commands = append(commands, "etcdctl del "+quote(kv.key))
			continue
		}
		// A record's members may be a stranger's: the value has only numbers and a digest.
		commands = append(commands, fmt.Sprintf("etcdctl put %s %s", quote(s.keys.head()), quote(string(encodeHead(r.Version, "")))))
		return fmt.Sprintf("restore a backup, or make generation %d the current one, and start running processes again: %s", n, strings.Join(commands, " && "))
	}
	return ""
}

// quote quotes a word for a shell.
func quote(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }
