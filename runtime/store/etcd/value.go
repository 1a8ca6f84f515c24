package etcd

import (
	"bytes"
	"encoding/json"
	"errors"

	"realmconf/runtime/store"
	"realmconf/runtime/store/internal/recordline"
)

// head is the value of the head's key. At generation 0 the configuration does not exist:
// a fence has written it.
type head struct {
	Generation uint64 `json:"generation"`
	SHA256     string `json:"sha256"`
	CommitID   string `json:"commit_id,omitempty"`
}

// info is the value of the info's key.
type info struct {
	Format int `json:"format"`
}

// format is the version of keys and values.
const format = 1

func encodeHead(v store.Version, commitID string) []byte {
	return encode(head{v.Generation, v.Digest.String(), commitID})
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("etcd: " + err.Error()) // numbers and texts only
	}
	return b
}

// decodeHead returns the version in the value of the head's key.
func decodeHead(b []byte) (store.Version, error) {
	var h head
	if err := json.Unmarshal(b, &h); err != nil {
		return store.Version{}, err
	}
	digest, ok := recordline.ParseDigest(h.SHA256)
	if !ok || h.Generation > store.MaxGeneration {
		return store.Version{}, errors.New("an invalid digest or generation")
	}
	return store.Version{Generation: h.Generation, Digest: digest}, nil
}

// encodeRecord returns the value of a record's key: one line of JSON, and the text as it
// is. In JSON, the text could become twice as long, and exceed what a server takes.
func encodeRecord(r store.Record) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(recordline.Of(r)); err != nil {
		return nil, err
	}
	b.Write(r.Text)
	return b.Bytes(), nil
}

// decodeRecord reads the value of the key of a generation.
func decodeRecord(generation uint64, b []byte) (store.Record, error) {
	line, text, found := bytes.Cut(b, []byte("\n"))
	if !found {
		return store.Record{}, errors.New("no line of JSON")
	}
	var l recordline.Line
	if err := json.Unmarshal(line, &l); err != nil {
		return store.Record{}, err
	}
	r, err := l.Record(text)
	if err == nil && r.Generation != generation {
		err = errors.New("another generation")
	}
	return r, err
}
