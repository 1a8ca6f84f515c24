package file

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/internal/recordline"
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
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		for _, r := range records {
			l := toLine(r)
			if asBase64 {
				l.Text, l.TextBase64 = "", r.Text
			}
			if err := e.Encode(l); err != nil {
				return nil, err
			}
		}
		if b.Len() <= maxRecordFile && len(records) <= maxRecords {
			return b.Bytes(), nil
		}
	}
	return nil, fault.New(fault.TooLarge, "the record of this change would be longer than %d MiB: make a smaller change, or give a shorter reason; nothing was written", maxRecordFile>>20)
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

func toLine(r store.Record) recordLine {
	l := recordLine{Line: recordline.Of(r)}
	if utf8.Valid(r.Text) {
		l.Text = string(r.Text)
	} else {
		l.TextBase64 = r.Text
	}
	return l
}

func (l recordLine) record() (store.Record, error) {
	text := []byte(l.Text)
	if l.TextBase64 != nil {
		text = l.TextBase64
	}
	return l.Record(text)
}
