// Package recordline is how stores write what they know of a generation, apart from its
// text: as one object of JSON.
package recordline

import (
	"encoding/hex"
	"errors"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

// Line is a record without its text, as JSON. Empty members are left out. Unknown ones
// are ignored, so that a later version may add some.
type Line struct {
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
	Mirrors          uint64    `json:"mirrors,omitempty"`
	MirrorsSHA256    string    `json:"mirrors_sha256,omitempty"`
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

// Of returns the line of a record.
func Of(r store.Record) Line {
	l := Line{
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
	if r.Mirrors != nil {
		l.Mirrors, l.MirrorsSHA256 = r.Mirrors.Generation, r.Mirrors.Digest.String()
	}
	if r.Approval != nil {
		l.Approval = &approval{string(r.Approval.By), string(r.Approval.Way), r.Approval.Via, r.Approval.Fields}
	}
	return l
}

// Versions returns the record of a line with its versions only.
func (l Line) Versions() (store.Record, error) {
	digest, ok := ParseDigest(l.SHA256)
	parent, parentOK := ParseDigest(l.ParentSHA256)
	superseded, supersededOK := ParseDigest(l.SupersedesSHA256)
	mirrors, mirrorsOK := ParseDigest(l.MirrorsSHA256)
	switch {
	case !ok:
		return store.Record{}, errors.New("an invalid digest")
	case !parentOK && l.ParentSHA256 != "":
		return store.Record{}, errors.New("an invalid digest of the parent")
	case !supersededOK && l.SupersedesSHA256 != "":
		return store.Record{}, errors.New("an invalid digest of what it supersedes")
	case !mirrorsOK && l.MirrorsSHA256 != "":
		return store.Record{}, errors.New("an invalid digest of what it mirrors")
	}
	r := store.Record{
		Version:    store.Version{Generation: l.Generation, Digest: digest},
		Parent:     store.Version{Generation: l.Parent, Digest: parent},
		Supersedes: store.Version{Generation: l.Supersedes, Digest: superseded},
	}
	if l.Mirrors != 0 {
		r.Mirrors = &store.Version{Generation: l.Mirrors, Digest: mirrors}
	}
	return r, nil
}

// Record returns the record of a line and its text.
func (l Line) Record(text []byte) (store.Record, error) {
	if len(text) > store.MaxText {
		return store.Record{}, errors.New("the text is longer than a configuration may be")
	}
	r, err := l.Versions()
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
	ClipClaims(&r)
	return r, nil
}

// ClipClaims shortens the texts of a record that are shown to people and models:
// anybody may have written them. The store keeps them whole.
func ClipClaims(r *store.Record) {
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

// ParseDigest reads a digest in hexadecimal. It returns the zero digest, which is none, if
// that is not possible.
func ParseDigest(s string) (d store.Digest, ok bool) {
	if len(s) != 2*len(d) {
		return d, false
	}
	if _, err := hex.Decode(d[:], []byte(s)); err != nil {
		return store.Digest{}, false
	}
	return d, true
}
