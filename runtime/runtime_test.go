package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime"
	"realmconf/runtime/document"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

const commented = "# own\n[agent]\nmodel = \"a\" # why\n\n[rest]\nport = 8_080\n"

func TestPatch_keepsOtherBytes(t *testing.T) {
	s := storeHolding(t, commented)
	rt := runtimeOver(t, s)
	out, err := rt.Patch(t.Context(), tree.Object{"agent": tree.Object{"model": "b"}}, runtime.Write{Expected: expect(1)})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(commented, `"a"`, `"b"`, 1)
	if diff := cmp.Diff(want, string(out.After.Text())); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	if got := string(tree.Append(nil, out.Changes)); got != `[{"new":"b","old":"a","op":"replace","path":"/agent/model"}]` {
		t.Errorf("changes: got %s", got)
	}
}

func TestSet_unchanged(t *testing.T) {
	for name, text := range map[string]string{
		"fresh":     "",
		"commented": commented,
		"defaults":  "[rest]\nport = 8080\n\n[retry]\nmultiplier = 2.0\n[budget]\nmax_duration = 1500\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore()
			if text != "" {
				s = storeHolding(t, text)
			}
			rt := runtimeOver(t, s)
			before := get(t, rt)
			given, err := tree.DecodeObject(before.ShownJSON()) // as a client sends it
			if err != nil {
				t.Fatal(err)
			}
			out, err := rt.Set(t.Context(), given, runtime.Write{Expected: &before.Version.Generation})
			if err != nil {
				t.Fatal(err)
			}
			if out.Changed || out.After.Version != before.Version || string(out.After.Text()) != text || len(out.Changes) != 0 {
				t.Errorf("got changed %v, version %v, changes %v, text %q; want the same as before", out.Changed, out.After.Version, out.Changes, out.After.Text())
			}
		})
	}
}

func TestSet_defaults(t *testing.T) {
	rt := runtimeOver(t, storeHolding(t, "[rest]\nport = 9000\n\n[retry]\nmax_retries = 3\n"))
	given := treetest.CloneObject(get(t, rt).Resolved())
	given["agent"].(tree.Object)["model"] = "m"            // new, not the default: written
	given["agent"].(tree.Object)["max_turns"] = nil        // null: stays absent
	given["retry"].(tree.Object)["max_retries"] = int64(3) // stored default: stays
	given["shell"].(tree.Object)["program"] = "nu"         // default, not stored: not written
	delete(given, "rest")                                  // left out: back to the default
	given["compaction"].(tree.Object)["max_summary_tokens"] = int64(4096)
	out, err := rt.Set(t.Context(), given, runtime.Write{})
	if err != nil {
		t.Fatal(err)
	}
	want := tree.Object{"agent": tree.Object{"model": "m"}, "retry": tree.Object{"max_retries": int64(3)}}
	if diff := cmp.Diff(want, out.After.Stored()); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
}

func TestSet_nullForRequiredKey(t *testing.T) {
	rt := newRuntime(t)
	given := treetest.CloneObject(get(t, rt).Resolved())
	given["rest"].(tree.Object)["port"] = nil
	_, err := rt.Set(t.Context(), given, runtime.Write{})
	wantIssue(t, err, "type", "/rest/port")
}

func TestPatch_null(t *testing.T) {
	rt := runtimeOver(t, storeHolding(t, "[rest]\nport = 9000\nhost = \"::1\"\n"))
	out, err := rt.Patch(t.Context(), tree.Object{"rest": tree.Object{"port": nil}}, runtime.Write{})
	if err != nil {
		t.Fatal(err)
	}
	if got := string(out.After.Text()); got != "[rest]\nhost = \"::1\"\n" {
		t.Errorf("text: got %q", got)
	}
	if got := out.After.Resolved()["rest"].(tree.Object)["port"]; got != int64(8080) {
		t.Errorf("resolved port: got %v, want 8080", got)
	}
}

func TestPatch_oldAndNewMistakes(t *testing.T) {
	rt := runtimeOver(t, storeHolding(t, "[agent]\nmodle = \"a\"\n"))
	before := get(t, rt)
	if len(before.Warnings()) != 1 || before.Warnings()[0].Line != 2 {
		t.Errorf("warnings of the read: got %+v, want one on line 2", before.Warnings())
	}
	out, err := rt.Patch(t.Context(), tree.Object{"agent": tree.Object{"model": "b"}}, runtime.Write{})
	if err != nil {
		t.Fatalf("an unrelated repair is blocked: %v", err)
	}
	if len(out.Warnings) != 1 || out.Warnings[0].Path != "/agent/modle" || out.Warnings[0].Line != 2 {
		t.Errorf("warnings: got %+v, want the old mistake on line 2", out.Warnings)
	}
	_, err = rt.Patch(t.Context(), tree.Object{"agent": tree.Object{"mdel": "c"}}, runtime.Write{})
	wantIssue(t, err, "unknown_key", "/agent/mdel")
	if got := get(t, rt).Version; got != out.After.Version {
		t.Errorf("after the refusal: got version %v, want %v", got, out.After.Version)
	}
}

func TestCorruptConfig(t *testing.T) {
	s := storeHolding(t, "[agent]\nmodel = \"good\"\n")
	appendText(t, s, "[agent]\nmodel = \"sk-secret\" oops\n")
	rt := runtimeOver(t, s)
	_, err := rt.Get(t.Context())
	f := fault.Of(err)
	if f.Kind != fault.CorruptConfig || f.Data["line"] != 2 || f.Data["generation"] != uint64(2) || f.Data["last_good_generation"] != uint64(1) {
		t.Fatalf("got %v with %v", err, f.Data)
	}
	if strings.Contains(fmt.Sprint(err, f.Data), "sk-secret") {
		t.Errorf("the error shows the file's text: %v", err)
	}
	if _, err := rt.Patch(t.Context(), agentPatch(1), runtime.Write{Expected: expect(2)}); !fault.Is(err, fault.CorruptConfig) {
		t.Errorf("patch: got %v, want corrupt_config", err)
	}
	whole := tree.Object{"agent": tree.Object{"model": "new"}}
	if _, err := rt.Set(t.Context(), whole, runtime.Write{}); !fault.Is(err, fault.CorruptConfig) {
		t.Errorf("set without a generation: got %v, want corrupt_config", err)
	}
	out, err := rt.Set(t.Context(), whole, runtime.Write{Expected: expect(2)})
	if err != nil || out.After.Version.Generation != 3 {
		t.Fatalf("set naming the generation: got %v, %v", out, err)
	}
}

func TestPatch_contextEnded(t *testing.T) {
	rt := newRuntime(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := rt.Patch(ctx, agentPatch(1), runtime.Write{}); fault.Of(err).Kind != fault.Cancelled {
		t.Errorf("got %v, want cancelled", err)
	}
	if got := get(t, rt).Version.Generation; got != 0 {
		t.Errorf("generation: got %d, want 0", got)
	}
}

func TestNew_opensLater(t *testing.T) {
	opened := 0
	rt := runtime.New(func(context.Context) (store.Store, error) {
		if opened++; opened == 1 {
			return nil, fault.New(fault.Storage, "not yet")
		}
		return newStore(), nil
	}, meerkat.New())
	if opened != 0 {
		t.Fatal("New opened the store")
	}
	if _, err := rt.Get(t.Context()); !fault.Is(err, fault.Storage) {
		t.Fatalf("first: got %v, want storage", err)
	}
	get(t, rt)
	get(t, rt)
	if opened != 2 {
		t.Errorf("opened %d times, want 2", opened)
	}
}

func TestPatch_record(t *testing.T) {
	s := newStore()
	rt := runtimeOver(t, s)
	actor := store.Actor{Name: "editor", Version: "3.1", Surface: store.Tool, Era: "2026-07-28", PID: 7}
	if _, err := rt.Patch(t.Context(), agentPatch(5), runtime.Write{Reason: "cheaper", Actor: actor}); err != nil {
		t.Fatal(err)
	}
	record, err := s.Record(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if record.Actor != actor || record.Reason != "cheaper" || record.Operation != store.Patch || record.Parent != store.Empty() || record.CommitID == "" || record.Time.IsZero() {
		t.Errorf("record: got %+v", record)
	}
}

func TestPatch_tooLarge(t *testing.T) {
	rt := newRuntime(t)
	_, err := rt.Patch(t.Context(), tree.Object{"agent": tree.Object{"system_prompt": strings.Repeat("x", runtime.MaxText)}}, runtime.Write{})
	if !fault.Is(err, fault.TooLarge) {
		t.Fatalf("got %v, want too_large", err)
	}
}

func TestPatch_tooManyKeys(t *testing.T) {
	rt := runtimeOver(t, storeHolding(t, "[agent]\nmodel = 'a'\n[custom]\na = ["+strings.Repeat("1,", document.MaxKeys-4)+"]\n"))
	_, err := rt.Patch(t.Context(), tree.Object{"agent": tree.Object{"temperature": 0.5}}, runtime.Write{})
	if !fault.Is(err, fault.TooLarge) || !strings.Contains(err.Error(), "keys") {
		t.Fatalf("got %v, want too_large for the keys", err)
	}
}

func TestPatch_manyIssues(t *testing.T) {
	for _, tt := range []struct {
		mistakes int
		text     string
	}{{100, "(and 99 more, in issues)"}, {101, "(and 100 more, the first 100 in issues)"}, {8000, "(and 7999 more, the first 100 in issues)"}} {
		patch := tree.Object{}
		for i := range tt.mistakes {
			patch[fmt.Sprintf("key%d", i)] = int64(1)
		}
		_, err := newRuntime(t).Patch(t.Context(), tree.Object{"agent": patch}, runtime.Write{})
		f := fault.Of(err)
		var want any
		if tt.mistakes > 100 {
			want = tt.mistakes - 100
		}
		issues, _ := f.Data["issues"].([]schema.Issue)
		if f.Kind != fault.InvalidConfig || len(issues) != 100 || f.Data["issues_omitted"] != want || !strings.Contains(f.Message, tt.text) {
			t.Errorf("%d mistakes: got %d issues, issues_omitted %v, %q; want 100, %v, %q", tt.mistakes, len(issues), f.Data["issues_omitted"], f.Message, want, tt.text)
		}
	}
}

func TestPatch_numbersExhausted(t *testing.T) {
	s := newStore()
	_, err := runtimeOver(t, exhausted{s}).Patch(t.Context(), agentPatch(1), runtime.Write{})
	if !fault.Is(err, fault.Storage) || !strings.Contains(err.Error(), "2^63-1") {
		t.Errorf("got %v, want the storage fault", err)
	}
}

// exhausted is a store without a free number.
type exhausted struct{ store.Store }

func (e exhausted) Load(ctx context.Context) (store.State, error) {
	state, err := e.Store.Load(ctx)
	state.Version.Generation, state.Next = 1<<63-1, 0
	return state, err
}

func wantIssue(t *testing.T, err error, kind, path string) {
	t.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) || f.Kind != fault.InvalidConfig {
		t.Fatalf("got %v, want invalid_config", err)
	}
	issues := f.Data["issues"].([]schema.Issue)
	if len(issues) != 1 || string(issues[0].Kind) != kind || issues[0].Path != path {
		t.Errorf("issues: got %+v, want one %s at %s", issues, kind, path)
	}
}

// manifestStore is a store whose configuration gets an identity with its first
// commit.
type manifestStore struct {
	store.Store
	metadata store.Metadata
}

func (s *manifestStore) CompareAndSwap(ctx context.Context, from store.Version, next []store.Record) error {
	backend := "sqlite"
	s.metadata.Backend = &backend
	return s.Store.CompareAndSwap(ctx, from, next)
}

func (s *manifestStore) Metadata() store.Metadata { return s.metadata }

// The reply to a realm's first write has the identity that the write made.
func TestPatch_firstCommitMakesTheIdentity(t *testing.T) {
	rt := runtimeOver(t, &manifestStore{Store: newStore()})
	if before := get(t, rt); before.Metadata.Backend != nil {
		t.Fatalf("the backend is %q before the first commit", *before.Metadata.Backend)
	}
	outcome, err := rt.Patch(t.Context(), agentPatch(10), runtime.Write{})
	if err != nil {
		t.Fatal(err)
	}
	if b := outcome.After.Metadata.Backend; b == nil || *b != "sqlite" {
		t.Errorf("got the backend %v in the outcome, want sqlite", b)
	}
}
