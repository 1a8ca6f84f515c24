package file

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/internal/recordline"
	"realmconf/schema/tree"
)

// recordLine is a record in a history file: one line of JSON.
type recordLine struct {
	recordline.Line
	Text       string `json:"text,omitempty"`
	TextBase64 []byte `json:"text_base64,omitempty"` // instead, when it is not UTF-8
}

// encodeRecords returns the content of a history file. Texts with very many
// characters that JSON escapes are written in base64, so that the file can be read
// again. A commit that is too long even so is refused.
func encodeRecords(records []store.Record) ([]byte, error) {
	for _, asBase64 := range []bool{false, true} {
		size := 0
		for _, r := range records {
			size += len(r.Text) + len(r.Text)/16 + 1<<10
		}
		b := make([]byte, 0, size)
		for _, r := range records {
			var err error
			if b, err = appendRecord(b, r, asBase64 || !utf8.Valid(r.Text)); err != nil {
				return nil, err
			}
		}
		if len(b) <= maxRecordFile && len(records) <= maxRecords {
			return b, nil
		}
	}
	return nil, fault.New(fault.TooLarge, "the record of this change would be longer than %d MiB: make a smaller change, or give a shorter reason; nothing was written", maxRecordFile>>20)
}

// appendRecord appends the line of a record, as encoding/json would write a recordLine.
// The text is long, and encoding/json would copy it four times.
func appendRecord(b []byte, r store.Record, asBase64 bool) ([]byte, error) {
	var head bytes.Buffer
	e := json.NewEncoder(&head)
	e.SetEscapeHTML(false)
	if err := e.Encode(recordline.Of(r)); err != nil {
		return nil, err
	}
	b = append(b, bytes.TrimSuffix(head.Bytes(), []byte("}\n"))...)
	switch {
	case len(r.Text) == 0: // left out
	case asBase64:
		b = append(base64.StdEncoding.AppendEncode(append(b, `,"text_base64":"`...), r.Text), '"')
	default:
		b = tree.AppendString(append(b, `,"text":`...), r.Text)
	}
	return append(b, "}\n"...), nil
}

// asParsed returns copies of records as parseRecords would return them.
func asParsed(records []store.Record) []store.Record {
	kept := make([]store.Record, len(records))
	for i, r := range records {
		kept[i] = r.Clone()
		kept[i].Time = r.Time.UTC().Truncate(time.Millisecond)
		recordline.ClipClaims(&kept[i])
	}
	return kept
}

// parseRecords reads a history file whose name says that it begins at first. For
// a file that was not written to its end, or was damaged, it returns an error
// and the whole records before the damage.
func parseRecords(first uint64, b []byte) ([]store.Record, error) {
	if len(b) == 0 {
		return nil, errors.New("no records")
	}
	var records []store.Record
	for n := 1; len(b) > 0; n++ {
		text, rest, ended := bytes.Cut(b, []byte("\n"))
		if !ended {
			return records, fmt.Errorf("line %d has no end", n)
		}
		var l recordLine
		if err := json.Unmarshal(text, &l); err != nil {
			return records, fmt.Errorf("line %d: %w", n, err)
		}
		r, err := l.record()
		if err != nil {
			return records, fmt.Errorf("line %d: %w", n, err)
		}
		if n > maxRecords {
			return records, fmt.Errorf("more than %d lines", maxRecords)
		}
		if want := first + uint64(n-1); r.Generation != want || want > store.MaxGeneration {
			return records, fmt.Errorf("line %d has generation %d, want %d", n, r.Generation, want)
		}
		records = append(records, r)
		b = rest
	}
	return records, nil
}

func (l recordLine) record() (store.Record, error) {
	text := []byte(l.Text)
	if l.TextBase64 != nil {
		text = l.TextBase64
	}
	return l.Record(text)
}
