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
)

// recordLine is a record in a history file: one line of JSON. Empty members are
// left out. Unknown ones are ignored, so that a later version may add some.
type recordLine struct {
	Generation       uint64    `json:"generation"`
	Parent           uint64    `json:"parent"`
	ParentSHA256     string    `json:"parent_sha256,omitempty"`
	Supersedes       uint64    `json:"supersedes,omitempty"`
	SupersedesSHA256 string    `json:"supersedes_sha256,omitempty"`
	SHA256           string    `json:"sha256"`
	CommitID         string    `json:"commit_id,omitempty"`
	Time             string    `json:"time"`
	Actor            actor     `json:"actor,omitzero"`
	Operation        string    `json:"operation"`
	Reason           string    `json:"reason,omitempty"`
	Approval         *approval `json:"approval,omitempty"`
	RollbackTo       *uint64   `json:"rollback_to,omitempty"`
	Reverts          *uint64   `json:"reverts,omitempty"`
	Text             string    `json:"text,omitempty"`
	TextBase64       []byte    `json:"text_base64,omitempty"` // instead, when it is not UTF-8
}

type actor struct {
	Name    string `json:"name,omitempty"`
	Version string `json:"version,omitempty"`
	Surface string `json:"surface,omitempty"`
	Era     string `json:"era,omitempty"`
	PID     int    `json:"pid,omitempty"`
	Host    string `json:"host,omitempty"`
}

type approval struct {
	By     string   `json:"by"`
	Way    string   `json:"way,omitempty"` // older records have none
	Via    string   `json:"via,omitempty"`
	Fields []string `json:"fields,omitempty"`
}

// timeLayout is RFC 3339 to the millisecond.
const timeLayout = "2006-01-02T15:04:05.000Z07:00"

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
		clipClaims(&kept[i])
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
	l := recordLine{
		Generation: r.Generation,
		Parent:     r.Parent.Generation,
		SHA256:     r.Digest.String(),
		CommitID:   r.CommitID,
		Time:       r.Time.UTC().Format(timeLayout),
		Actor:      actor{r.Actor.Name, r.Actor.Version, string(r.Actor.Surface), r.Actor.Era, r.Actor.PID, r.Actor.Host},
		Operation:  string(r.Operation),
		Reason:     r.Reason,
		RollbackTo: r.RollbackTo,
		Reverts:    r.Reverts,
	}
	if r.Parent.Digest != (store.Digest{}) {
		l.ParentSHA256 = r.Parent.Digest.String()
	}
	if r.Supersedes != (store.Version{}) {
		l.Supersedes, l.SupersedesSHA256 = r.Supersedes.Generation, r.Supersedes.Digest.String()
	}
	if r.Approval != nil {
		l.Approval = &approval{string(r.Approval.By), string(r.Approval.Way), r.Approval.Via, r.Approval.Fields}
	}
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
	if len(text) > store.MaxText {
		return store.Record{}, errors.New("the text is longer than a configuration may be")
	}
	r, err := l.head()
	if err != nil {
		return store.Record{}, err
	}
	if r.Digest != store.DigestOf(text) {
		return store.Record{}, errors.New("the text does not have the digest")
	}
	at, err := time.Parse(time.RFC3339, l.Time)
	if err != nil {
		return store.Record{}, errors.New("an invalid time")
	}
	r.CommitID = l.CommitID
	r.Time = at.UTC()
	r.Operation = store.Operation(l.Operation)
	r.Actor = store.Actor{Name: l.Actor.Name, Version: l.Actor.Version, Surface: store.Surface(l.Actor.Surface), Era: l.Actor.Era, PID: l.Actor.PID, Host: l.Actor.Host}
	r.Reason = l.Reason
	r.RollbackTo = l.RollbackTo
	r.Reverts = l.Reverts
	r.Text = text
	if l.Approval != nil {
		r.Approval = store.NewApproval(store.Approver(l.Approval.By), store.Way(l.Approval.Way), l.Approval.Via, l.Approval.Fields)
	}
	clipClaims(&r)
	return r, nil
}

// clipClaims shortens the texts of a record that are shown to people and models:
// anybody may have written them. The file keeps them whole.
func clipClaims(r *store.Record) {
	r.CommitID = fault.Clip(r.CommitID)
	r.Operation = store.Operation(fault.Clip(string(r.Operation)))
	r.Reason = fault.Clip(r.Reason)
	a := &r.Actor
	a.Name, a.Version, a.Era, a.Host = fault.Clip(a.Name), fault.Clip(a.Version), fault.Clip(a.Era), fault.Clip(a.Host)
	a.Surface = store.Surface(fault.Clip(string(a.Surface)))
	if r.Approval != nil {
		clipped := r.Approval.Clip()
		r.Approval = &clipped
	}
}
