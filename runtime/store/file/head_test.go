package file

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree/treetest"
)

// chain writes the records of many commits, each of count texts, as commits do, and
// makes the last one current.
func (r realm) chain(commits, count int, text func(generation uint64) string) {
	r.t.Helper()
	state := store.State{Version: store.Empty(), Next: 1}
	if err := os.MkdirAll(r.path(historyName), 0o700); err != nil {
		r.t.Fatal(err)
	}
	for range commits {
		texts := make([]string, count)
		for i := range texts {
			texts[i] = text(state.Next + uint64(i))
		}
		records := storetest.Commit(state, texts...)
		b, err := encodeRecords(records)
		if err != nil {
			r.t.Fatal(err)
		}
		if err := os.WriteFile(r.path(historyName+"/"+recordFile(state.Next)), b, 0o600); err != nil {
			r.t.Fatal(err)
		}
		last := records[count-1]
		state = store.State{Text: last.Text, Version: last.Version, Next: last.Generation + 1}
	}
	r.put("config.toml", string(state.Text))
	r.put(stateName, string(stateOf(store.Record{Version: state.Version}).encode()))
}

// The bytes that are read for one old generation do not depend on the texts, the
// number or the grouping of the later ones.
func TestRecord_oldGenerationOfALongHistory(t *testing.T) {
	long := func(generation uint64) string {
		return fmt.Sprint(generation) + strings.Repeat("#", store.MaxText-20)
	}
	short := func(generation uint64) string { return fmt.Sprint(generation) }
	for i, tt := range []struct {
		name           string
		commits, count int
		text           func(uint64) string
		most           int // MiB that one call reads
	}{
		{"long texts", maxHistory>>20 + 6, 1, long, 3},
		{"commits of several long texts", maxHistory>>22 + 4, 4, long, 8 + 8},
		{"very many commits", maxPassed/fileCost + 200, 1, short, 8},
	} {
		if i < treetest.Cases(0, 2) { // the others write and read 70 MB
			continue
		}
		t.Run(tt.name, func(t *testing.T) {
			r := newFastRealm(t)
			r.chain(tt.commits, tt.count, tt.text)
			m := new(meter)
			s := open(r.options(), m, newTestClock(), "boot")
			ctx := store.WithHistoryBudget(t.Context())
			for _, generation := range []uint64{1, 5, 7} {
				m.bytes = 0
				got, err := s.Record(ctx, generation)
				if err != nil || string(got.Text) != tt.text(generation) || got.Parent.Generation != generation-1 || got.Superseded {
					t.Errorf("Record(%d) = %d with %d bytes (superseded %v), %v", generation, got.Generation, len(got.Text), got.Superseded, err)
				}
				if m.bytes > tt.most<<20 {
					t.Errorf("Record(%d) read %d bytes, want at most %d MiB", generation, m.bytes, tt.most)
				}
			}
			list, err := s.List(ctx, 8, 3)
			if err != nil || len(list) != 3 || list[0].Generation != 7 || list[2].Generation != 5 {
				t.Errorf("List = %d records, %v; want 7 to 5", len(list), err)
			}
			last := uint64(tt.commits * tt.count)
			if got, err := s.Record(t.Context(), last); err != nil || string(got.Text) != tt.text(last) {
				t.Errorf("Record(%d), the newest: %v", last, err)
			}
			if in := Inspect(r.options()); in.History.Err != nil || len(in.History.Unreadable) > 0 || !in.History.Current {
				t.Errorf("Inspect: %+v", in.History)
			}
		})
	}
}

// Whatever happened to a history, one record is found by its number exactly if the
// whole list has it, and is the same there. The numbers that are not in the list are
// those beside the records and the files of the history, and the lowest.
func (r realm) checkRecords(s *Store) {
	t := r.t
	t.Helper()
	whole, err := s.List(t.Context(), 0, math.MaxInt)
	if err != nil {
		t.Fatal(err)
	}
	isListed, beside := make(map[uint64]bool), map[uint64]bool{1: true, 2: true}
	addBeside := func(generation uint64) {
		for n := max(generation, 3) - 2; n <= generation+2; n++ {
			beside[n] = true
		}
	}
	for i := range whole {
		got, err := s.Record(t.Context(), whole[i].Generation)
		if err != nil || got.Version != whole[i].Version || got.Superseded != whole[i].Superseded || !bytes.Equal(got.Text, whole[i].Text) {
			t.Errorf("Record(%d) = %d (superseded %v), %v; the list has superseded %v", whole[i].Generation, got.Generation, got.Superseded, err, whole[i].Superseded)
		}
		below, err := s.List(t.Context(), whole[i].Generation, 1)
		if err != nil || len(below) != min(1, len(whole)-i-1) || len(below) > 0 && below[0].Version != whole[i+1].Version {
			t.Errorf("List below %d = %d records, %v", whole[i].Generation, len(below), err)
		}
		isListed[whole[i].Generation] = true
		addBeside(whole[i].Generation)
	}
	for _, name := range r.list(historyName) {
		if first, isRecord := parseRecordFile(name); isRecord {
			addBeside(first)
		}
	}
	for generation := range beside {
		if _, err := s.Record(t.Context(), generation); err == nil && !isListed[generation] {
			t.Errorf("Record(%d) is not in the list", generation)
		}
	}
}

// A record that a crash left, and one that no other was made from, are not found by
// their numbers behind very many others.
func TestRecord_neverCurrentBehindManyOthers(t *testing.T) {
	r := newFastRealm(t)
	r.chain(maxPassed/fileCost+200, 1, func(generation uint64) string { return fmt.Sprint(generation) })
	name := historyName + "/" + recordFile(20)
	if err := os.Rename(r.path(name), r.path("20.json")); err != nil {
		t.Fatal(err)
	}
	r.plantRecord(20, "never current")
	s := open(r.options(), disk.OS{}, newTestClock(), "boot")
	if got, err := s.Record(t.Context(), 20); err == nil {
		t.Errorf("got %q", got.Text)
	}
	if err := os.Rename(r.path("20.json"), r.path(name)); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Record(t.Context(), 20); err != nil || string(got.Text) != "20" {
		t.Errorf("got %q, %v", got.Text, err)
	}
}

func TestParseHead(t *testing.T) {
	records := storetest.Commit(store.State{Version: store.Version{Generation: 4, Digest: store.DigestOf([]byte("x"))}, Next: 5}, "a = \"text\"\n")
	records[0].Reason = `{"text": "a", "parent": 1}`
	records[0].Supersedes = store.Version{Generation: 3, Digest: store.DigestOf([]byte("y"))}
	for _, text := range [][]byte{records[0].Text, nil, {0xff}} {
		records[0].Text = text
		records[0].Digest = store.DigestOf(text)
		b, err := encodeRecords(records)
		if err != nil {
			t.Fatal(err)
		}
		got, err := parseHead(bytes.NewReader(b))
		if err != nil || got.Version != records[0].Version || got.Parent != records[0].Parent || got.Supersedes != records[0].Supersedes || got.Text != nil {
			t.Errorf("got %+v, %v", got, err)
		}
	}
	digest := store.DigestOf(nil).String()
	for _, bad := range []string{"", "x", "[]", "{", `{"generation":5`, `{"generation":"5"}`, `{"generation":5,"text":"x","sha256":"` + digest + `"}`, `{"generation":5,"sha256":"1"}`,
		`{"sha256":"` + digest + `","parent_sha256":"1","text":""}`, `{"sha256":"` + digest + `","supersedes_sha256":"1","text":""}`} {
		if got, err := parseHead(strings.NewReader(bad)); err == nil {
			t.Errorf("%q: got %+v", bad, got)
		}
	}
}
