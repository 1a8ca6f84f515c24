package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"testing"

	clientv3 "go.etcd.io/etcd/client/v3"

	"realmconf/runtime/store/etcd"
	"realmconf/runtime/store/storetest"
)

// official is a store's commit, written a second time from the description of the keys,
// with the official client.
type official struct {
	client *clientv3.Client
	keys   etcd.Options
}

// headValue is the value of the head's key.
type headValue struct {
	Generation uint64 `json:"generation"`
	SHA256     string `json:"sha256"`
	CommitID   string `json:"commit_id"`
}

// read returns the head, its revision, and the current text.
func (o official) read(t *testing.T) (head headValue, revision int64, text string) {
	t.Helper()
	r, err := o.client.Get(t.Context(), keyOf(o.keys, "head"))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Kvs) == 0 {
		return headValue{}, 0, ""
	}
	if err := json.Unmarshal(r.Kvs[0].Value, &head); err != nil {
		t.Fatal(err)
	}
	if head.Generation == 0 {
		return head, r.Kvs[0].ModRevision, ""
	}
	record, err := o.client.Get(t.Context(), o.generation(head.Generation), clientv3.WithRev(r.Header.Revision))
	if err != nil || len(record.Kvs) != 1 {
		t.Fatalf("generation %d: %v", head.Generation, err)
	}
	_, body, _ := bytes.Cut(record.Kvs[0].Value, []byte("\n"))
	if digest(string(body)) != head.SHA256 {
		t.Errorf("generation %d: the text does not have the digest of the head", head.Generation)
	}
	return head, r.Kvs[0].ModRevision, string(body)
}

func (o official) generation(n uint64) string {
	return keyOf(o.keys, fmt.Sprintf("generation/%020d", n))
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// increment adds one to the number that is the text, and reports whether it was first.
func (o official) increment(t *testing.T) bool {
	t.Helper()
	head, revision, text := o.read(t)
	n := 0
	if text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	next := strconv.Itoa(n + 1)
	line := map[string]any{
		"generation": head.Generation + 1, "parent": head.Generation, "sha256": digest(next), "commit_id": "official",
		"time": "2026-11-28T00:00:00.000Z", "operation": "patch",
	}
	if head.SHA256 != "" {
		line["parent_sha256"] = head.SHA256
	}
	record, err := json.Marshal(line)
	if err != nil {
		t.Fatal(err)
	}
	value, err := json.Marshal(headValue{head.Generation + 1, digest(next), "official"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := o.client.Txn(t.Context()).
		If(clientv3.Compare(clientv3.ModRevision(keyOf(o.keys, "head")), "=", revision)).
		Then(clientv3.OpPut(o.generation(head.Generation+1), string(record)+"\n"+next), clientv3.OpPut(keyOf(o.keys, "head"), string(value))).
		Commit()
	if err != nil {
		t.Fatal(err)
	}
	return r.Succeeded
}

// TestOfficial_sameKeys lets both implementations count together, on three servers: the
// keys, the condition and the texts are the same to both.
func TestOfficial_sameKeys(t *testing.T) {
	t.Parallel()
	const writers, each = 3, 15
	c := startCluster(t, 3)
	o := newOptions(c.endpoints())
	second := official{newOfficial(t, clientv3.Config{Endpoints: c.endpoints()}), o}
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for made := 0; made < each; {
				if second.increment(t) {
					made++
				}
			}
		})
		s := openIn(t, o)()
		wg.Go(func() {
			for range each {
				if err := storetest.Increment(t.Context(), s); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	want := strconv.Itoa(2 * writers * each)
	s := openIn(t, o)()
	if state := mustLoad(t, s); string(state.Text) != want || state.Version.Generation != 2*writers*each {
		t.Errorf("got %q at generation %d, want %s", state.Text, state.Version.Generation, want)
	}
	if head, _, text := second.read(t); text != want || head.Generation != 2*writers*each {
		t.Errorf("the official client: got %q at generation %d, want %s", text, head.Generation, want)
	}
	list, err := s.List(t.Context(), 0, 1000)
	if err != nil || len(list) != 2*writers*each {
		t.Errorf("the history has %d records, %v; want %d", len(list), err, 2*writers*each)
	}
	for _, r := range list[:max(1, len(list))-1] {
		if r.Parent.Generation != r.Generation-1 || string(r.Text) != fmt.Sprint(r.Generation) {
			t.Errorf("generation %d has parent %d and text %q", r.Generation, r.Parent.Generation, r.Text)
		}
	}
}
