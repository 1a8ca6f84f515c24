package file

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"realmconf/runtime/store"
	"realmconf/runtime/store/internal/recordline"
	"realmconf/schema/tree"
)

// state is the content of config_state.json: which generation is current, and
// the digest of its text. Meerkat's programs write the generation alone; then
// the digest is unknown, that is zero. They ignore the digest.
type state struct {
	generation uint64
	digest     store.Digest
}

// encode returns the file as Meerkat writes it: indented by two blanks, without
// a newline at the end.
func (st state) encode() []byte {
	return fmt.Appendf(nil, "{\n  \"generation\": %d,\n  \"config_sha256\": \"%s\"\n}", st.generation, st.digest)
}

// parseState accepts the texts that Meerkat accepts: an object, also with
// unknown members, or a list of the generation alone. It refuses those that
// Meerkat refuses: a number that is not an unsigned integer, a second generation,
// bytes after the value. It also refuses a number above store.MaxGeneration. An
// invalid digest counts as unknown.
func parseState(b []byte) (state, error) {
	if st, isUsual := parseUsualState(b); isUsual {
		return st, nil
	}
	return parseAnyState(b)
}

// parseUsualState returns the state in a text with the members that realmconf or Meerkat
// writes and no other, false if the text is another one. It is parseAnyState without
// encoding/json, which the start of a command does not need for anything else.
func parseUsualState(b []byte) (st state, isUsual bool) {
	members, err := tree.Members(b)
	if err != nil || len(members) == 0 || len(members) > 2 || members[0].Name != "generation" {
		return state{}, false
	}
	st.generation, err = strconv.ParseUint(string(members[0].Value), 10, 64)
	if err != nil || st.generation > store.MaxGeneration {
		return state{}, false
	}
	if len(members) == 2 {
		text := members[1].Value
		st.digest, isUsual = recordline.ParseDigest(string(bytes.Trim(text, `"`)))
		return st, isUsual && members[1].Name == "config_sha256" && text[0] == '"'
	}
	return st, true
}

func parseAnyState(b []byte) (state, error) {
	if !utf8.Valid(b) {
		return state{}, errors.New("not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	open, err := d.Token()
	if err != nil {
		return state{}, err
	}
	var st state
	switch open {
	case json.Delim('{'):
		st, err = parseMembers(d)
	case json.Delim('['):
		st.generation, err = parseGeneration(d)
		if err == nil && d.More() {
			err = errors.New("more than one element")
		}
	default:
		err = errors.New("not an object")
	}
	if err != nil {
		return state{}, err
	}
	if _, err := d.Token(); err != nil { // the closing bracket
		return state{}, err
	}
	if _, err := d.Token(); err != io.EOF {
		return state{}, errors.New("text after the object")
	}
	return st, nil
}

func parseMembers(d *json.Decoder) (state, error) {
	var st state
	var found bool
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return state{}, err
		}
		switch name {
		case "generation":
			if found {
				return state{}, errors.New("generation is there twice")
			}
			found = true
			if st.generation, err = parseGeneration(d); err != nil {
				return state{}, err
			}
		case "config_sha256":
			var v any
			if err := d.Decode(&v); err != nil {
				return state{}, err
			}
			text, _ := v.(string)
			st.digest, _ = recordline.ParseDigest(text)
		default:
			var skipped json.RawMessage
			if err := d.Decode(&skipped); err != nil {
				return state{}, err
			}
		}
	}
	if !found {
		return state{}, errors.New("generation is missing")
	}
	return st, nil
}

func parseGeneration(d *json.Decoder) (uint64, error) {
	t, err := d.Token()
	if err != nil {
		return 0, err
	}
	n, ok := t.(json.Number)
	if !ok {
		return 0, errors.New("generation is not a number")
	}
	g, err := strconv.ParseUint(n.String(), 10, 64)
	if err != nil || g > store.MaxGeneration {
		return 0, errors.New("generation is not an integer from 0 to 2^63-1")
	}
	return g, nil
}

// stateOf returns the state in which a record is current.
func stateOf(r store.Record) state { return state{r.Generation, r.Digest} }
