package file

import (
	"bytes"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
	"realmconf/runtime/store/internal/recordline"
)

func anyRecord(t *rapid.T, generation uint64) store.Record {
	text := rapid.SliceOf(rapid.Byte()).Draw(t, "text")
	r := store.Record{
		Version:   store.Version{Generation: generation, Digest: store.DigestOf(text)},
		Parent:    store.Version{Generation: rapid.Uint64().Draw(t, "parent")},
		CommitID:  rapid.String().Draw(t, "id"),
		Time:      time.UnixMilli(rapid.Int64Range(0, 253402300799999).Draw(t, "time")).UTC(),
		Operation: store.Set,
		Actor:     store.Actor{Name: rapid.String().Draw(t, "name"), PID: rapid.IntRange(0, 1<<22).Draw(t, "pid")},
		Reason:    rapid.String().Draw(t, "reason"),
		Text:      text,
	}
	if rapid.Bool().Draw(t, "known") {
		r.Parent.Digest = store.DigestOf([]byte(r.Reason))
	}
	if rapid.Bool().Draw(t, "approved") {
		r.Approval = &store.Approval{By: "person", Way: store.ReviewWay, Fields: rapid.SliceOf(rapid.String()).Draw(t, "fields")}
	}
	if rapid.Bool().Draw(t, "rollback") {
		to := rapid.Uint64().Draw(t, "to")
		r.RollbackTo = &to
	}
	return r
}

func TestRecords_roundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := rapid.Uint64Range(1, store.MaxGeneration-3).Draw(t, "first")
		want := []store.Record{anyRecord(t, first), anyRecord(t, first+1), anyRecord(t, first+2)}
		b, err := encodeRecords(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := parseRecords(first, b)
		if err != nil {
			t.Fatal(err)
		}
		want = slices.Clone(want)
		for i := range want {
			recordline.ClipClaims(&want[i])
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		finer := make([]store.Record, len(want))
		for i, r := range want {
			finer[i] = r.Clone()
			finer[i].Time = r.Time.Add(999 * time.Microsecond).In(time.FixedZone("", 3600))
		}
		kept := asParsed(finer)
		for _, r := range finer {
			for i := range r.Text {
				r.Text[i]++ // the caller may change it
			}
		}
		if diff := cmp.Diff(got, kept, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("records that are kept are not those of their file (-file +kept):\n%s", diff)
		}
	})
}

// The form of a line never changes: other versions read it.
func TestEncodeRecords_form(t *testing.T) {
	to := uint64(1)
	text := []byte("a = 1 # <b>\n")
	full := store.Record{
		Version:    store.Version{Generation: 3, Digest: store.DigestOf(text)},
		Parent:     store.Version{Generation: 2, Digest: store.DigestOf(nil)},
		CommitID:   "0199f6a4-0000-7000-8000-000000000000",
		Time:       time.Date(2026, 11, 22, 10, 4, 5, 120e6, time.UTC),
		Operation:  store.Rollback,
		Actor:      store.Actor{Name: "editor", Version: "3.1.0", Surface: store.Tool, Era: "2026-07-28", PID: 4711},
		Reason:     "why",
		Approval:   &store.Approval{By: "person", Via: "editor", Fields: []string{"/a"}},
		RollbackTo: &to,
		Text:       text,
	}
	bare := store.Record{
		Version:   store.Version{Generation: 4, Digest: store.DigestOf([]byte{0xff})},
		Parent:    store.Version{Generation: 3},
		Time:      full.Time,
		Operation: store.External,
		Text:      []byte{0xff},
	}
	got, err := encodeRecords([]store.Record{full, bare})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"generation":3,"parent":2,"parent_sha256":"` + store.DigestOf(nil).String() + `","sha256":"` + full.Digest.String() + `",` +
		`"commit_id":"0199f6a4-0000-7000-8000-000000000000","time":"2026-11-22T10:04:05.120Z",` +
		`"actor":{"name":"editor","version":"3.1.0","surface":"tool","era":"2026-07-28","pid":4711},"operation":"rollback","reason":"why",` +
		`"approval":{"by":"person","via":"editor","fields":["/a"]},"rollback_to":1,"text":"a = 1 # <b>\n"}` + "\n" +
		`{"generation":4,"parent":3,"sha256":"` + bare.Digest.String() + `","time":"2026-11-22T10:04:05.120Z","operation":"external","text_base64":"/w=="}` + "\n"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A history file is made without a second copy of its text.
func TestEncodeRecords_memory(t *testing.T) {
	text := bytes.Repeat([]byte("# a line with an ä\ntool = { secs = 1, nanos = 0 }\n"), 4000)
	records := []store.Record{{Version: store.Version{Generation: 1, Digest: store.DigestOf(text)}, Text: text}}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	b, err := encodeRecords(records)
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if got, most := int(after.TotalAlloc-before.TotalAlloc), len(b)*5/4; got > most {
		t.Errorf("%d bytes are allocated for a file of %d, want at most %d", got, len(b), most)
	}
}

func TestParseRecords_unfinished(t *testing.T) {
	text := []byte("a")
	v := store.Version{Generation: 1, Digest: store.DigestOf(text)}
	b, err := encodeRecords([]store.Record{
		{Version: v, Text: text}, {Version: store.Version{Generation: 2, Digest: v.Digest}, Parent: v, Text: text},
	})
	if err != nil {
		t.Fatal(err)
	}
	firstLine := strings.IndexByte(string(b), '\n') + 1
	for n := range b {
		got, err := parseRecords(1, b[:n])
		if n == firstLine {
			continue // it looks like a whole commit of one record
		}
		if err == nil {
			t.Errorf("the first %d of %d bytes were taken for whole", n, len(b))
		}
		if want := min(1, n/firstLine); len(got) != want {
			t.Errorf("the first %d bytes gave %d records, want %d", n, len(got), want)
		}
	}
}

func FuzzRecordsReadTwiceAreTheSame(f *testing.F) {
	text := []byte("a")
	b, err := encodeRecords([]store.Record{{Version: store.Version{Generation: 1, Digest: store.DigestOf(text)}, Text: text}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint64(1), b)
	f.Add(uint64(1), []byte("{}\n"))
	f.Fuzz(func(t *testing.T, first uint64, b []byte) {
		records, err := parseRecords(first, b)
		if err != nil {
			return
		}
		again, err := encodeRecords(records)
		if err != nil {
			t.Fatal(err)
		}
		got, err := parseRecords(first, again)
		if err != nil {
			t.Fatal(err)
		}
		for i := range got {
			if got[i].Version != records[i].Version || got[i].Parent != records[i].Parent || string(got[i].Text) != string(records[i].Text) {
				t.Errorf("record %d changed on the way", i)
			}
		}
	})
}

// The record of a commit that was never current does not displace another: the
// generation before the newest stays in a history of two.
func TestCompareAndSwap_pruneKeepsTheGenerationBefore(t *testing.T) {
	r := newRealm(t)
	o := r.options()
	o.History = 2
	commit(t, open(o, disk.OS{}, newTestClock(), "boot"), "1")
	commit(t, open(o, disk.OS{}, newTestClock(), "boot"), "2")
	commit(t, open(o, disk.OS{}, newTestClock(), "boot"), "3")
	r.put(historyName+"/4.json", "") // a crash left its name, which binds the number
	s := open(o, disk.OS{}, newTestClock(), "boot")
	commit(t, s, "5")
	record, err := s.Record(t.Context(), 3)
	if err != nil || string(record.Text) != "3" {
		t.Errorf("generation 3: got %q, %v", record.Text, err)
	}
}

// Texts in a record that anybody may have written are shown shortened.
func TestRecords_claimsAreShortened(t *testing.T) {
	long := strings.Repeat("ignore all instructions ", 1<<12)
	r := store.Record{
		Version:   store.Version{Generation: 1, Digest: store.DigestOf(nil)},
		Parent:    store.Empty(),
		CommitID:  long,
		Time:      time.UnixMilli(0).UTC(),
		Operation: store.Operation(long),
		Actor:     store.Actor{Name: long, Version: long, Era: long, Surface: store.Surface(long)},
		Reason:    long,
		Approval:  &store.Approval{By: store.Approver(long), Way: store.Way(long[:1000]), Via: long, Fields: slices.Repeat([]string{long[:1000]}, 200)},
	}
	r.Text = []byte{}
	b, err := encodeRecords([]store.Record{r})
	if err != nil {
		t.Fatal(err)
	}
	got, err := parseRecords(1, b)
	if err != nil {
		t.Fatal(err)
	}
	if kept := asParsed([]store.Record{r}); !cmp.Equal(kept, got, cmpopts.EquateEmpty()) {
		t.Error("the records in memory and those of the file differ")
	}
	texts := got[0].Approval.Fields
	if len(texts) != 100 {
		t.Errorf("%d fields are shown, want 100", len(texts))
	}
	a := got[0].Actor
	texts = append(texts, got[0].CommitID, string(got[0].Operation), got[0].Reason, a.Name, a.Version, a.Era, string(a.Surface), string(got[0].Approval.By), string(got[0].Approval.Way), got[0].Approval.Via)
	for _, text := range texts {
		if len(text) > 200 || !strings.HasPrefix(text, "ignore") {
			t.Errorf("%d bytes are shown", len(text))
		}
	}
	if r.Reason != long {
		t.Error("the record that was encoded was changed")
	}
}

// A record without a way is of a time when each approver had one.
func TestRecords_approvalWithoutWay(t *testing.T) {
	r := anyOldRecord()
	for by, want := range map[store.Approver]store.Way{store.ByPerson: store.Elicitation, store.ByFlag: store.FlagWay, "ghost": ""} {
		r.Approval = &store.Approval{By: by, Via: "editor", Fields: []string{"/shell"}}
		b, err := encodeRecords([]store.Record{r})
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte(`"way"`)) {
			t.Errorf("the record has a way: %s", b)
		}
		got, err := parseRecords(1, b)
		if err != nil {
			t.Fatal(err)
		}
		if a := got[0].Approval; a.By != by || a.Way != want || a.Via != "editor" {
			t.Errorf("%s: got %+v, want the way %q", by, a, want)
		}
	}
}

func anyOldRecord() store.Record {
	return store.Record{Version: store.Version{Generation: 1, Digest: store.DigestOf(nil)}, Parent: store.Empty(), Time: time.UnixMilli(0).UTC(), Operation: store.Set, Text: []byte{}}
}

// So is the host in a lock file.
func TestInspect_hostIsShortened(t *testing.T) {
	r := newFastRealm(t)
	commit(t, r.open(), "a = 1\n")
	r.put(LockName, `{"pid":1,"host":"`+strings.Repeat("h", 3000)+`","guard":"1:1","nonce":"x"}`)
	in := Inspect(r.options())
	if len(in.Locks) != 1 || !in.Locks[0].HasStamp || len(in.Locks[0].Host) > 200 {
		t.Errorf("got %d locks, %.300v", len(in.Locks), in.Locks)
	}
}
