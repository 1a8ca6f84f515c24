package etcd

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime/store"
	"realmconf/runtime/store/storetest"
)

// The text is stored once and as it is: 1 MiB of quotation marks fits into a request.
func TestEncodeRecord_textAsItIs(t *testing.T) {
	text := strings.Repeat("\"\n", store.MaxText/2)
	r := storetest.Commit(store.State{Version: store.Empty(), Next: 1}, text)[0]
	b, err := encodeRecord(r)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) > store.MaxText+1000 {
		t.Errorf("got %d bytes for a text of %d", len(b), store.MaxText)
	}
	got, err := decodeRecord(1, b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r.Version, got.Version); diff != "" || !bytes.Equal(got.Text, r.Text) {
		t.Errorf("read again: %s", diff)
	}
}

func TestDecodeRecord_damage(t *testing.T) {
	r := storetest.Commit(store.State{Version: store.Empty(), Next: 1}, "a = 1\n")[0]
	good, err := encodeRecord(r)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"empty":       nil,
		"no line":     []byte("{}"),
		"no JSON":     []byte("x\ny"),
		"other text":  append(bytes.Clone(good), 'x'),
		"cut text":    good[:len(good)-1],
		"other place": bytes.Replace(good, []byte(`"generation":1`), []byte(`"generation":2`), 1),
	} {
		if _, err := decodeRecord(1, b); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
}

// A transaction asks for the revision also if it is 0, which means that the key must not
// exist.
func TestTransaction_encode(t *testing.T) {
	got := transaction{key: "k", then: []operation{putOperation("a", []byte("b"))}, otherwise: []operation{rangeOperation(rangeRequest{key: "k"})}}.encode()
	want := []byte("\x0a\x07\x10\x02\x1a\x01k\x30\x00" + "\x12\x08\x12\x06\x0a\x01a\x12\x01b" + "\x1a\x05\x0a\x03\x0a\x01k")
	if !bytes.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", []byte(got), want)
	}
}

// FuzzFields decodes bytes of any kind.
func FuzzFields(f *testing.F) {
	f.Add([]byte("\x0a\x01k\x30\x00"))
	f.Add([]byte("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := fields(b)
		if err != nil {
			return
		}
		size := 0
		for _, f := range list {
			size += len(f.bytes)
		}
		if size > len(b) {
			t.Errorf("%d bytes in the fields of a message of %d", size, len(b))
		}
		var reply txnReply
		_ = reply.decode(b)
		var w watchReply
		_ = w.decode(b)
	})
}
