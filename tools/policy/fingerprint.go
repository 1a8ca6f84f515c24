package policy

import (
	"crypto/sha256"

	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

// Fingerprint identifies a call and its effect: the server and the place of the
// realm, the version that the change is based on, the call with its arguments, the text
// that it would make, and everything that the person is shown.
type Fingerprint = [sha256.Size]byte

// fingerprint returns the digest of an object.
func fingerprint(o tree.Object) Fingerprint { return sha256.Sum256(tree.Append(nil, o)) }

// subject returns the fingerprint of a question with a message and a proposal.
func (u *UnapprovedError) subject(message string, proposal []byte) Fingerprint {
	o := u.result()
	o["server"], o["arguments"], o["message"] = u.call.Server, u.call.Arguments, message
	o["directory"], o["proposal"] = u.place(), string(proposal) // with the realm and the tool
	return fingerprint(o)
}

// changes returns the fingerprint of the effect of a call without its words.
func (u *UnapprovedError) changes() Fingerprint {
	o := u.result()
	o["directory"] = u.place()
	return fingerprint(o)
}

// result returns the version that a change is based on, and what it makes of it.
func (u *UnapprovedError) result() tree.Object {
	before := u.comparison.Before.Version
	return tree.Object{
		"generation": before.Generation,
		"digest":     before.Digest.String(),
		"text":       u.textDigest(),
		"effects":    u.effects.subject(),
	}
}

func (u *UnapprovedError) textDigest() string {
	return store.DigestOf(u.comparison.After.Text()).String()
}

// heldChanges returns the fingerprint of the held changes alone: their places, with the
// values there afterwards. The values before are left out, because another write in
// between makes no other change of it.
func (u *UnapprovedError) heldChanges() Fingerprint {
	o := tree.Object{"directory": u.place()}
	if u.comparison.BaseUnknown() {
		o["text"] = u.textDigest()
	}
	after := u.comparison.GivenStored()
	fields := []any{}
	for _, f := range u.held {
		field := tree.Object{"path": f.change.Path.String(), "from": f.change.From.String()}
		if value, _, ok := f.change.Path.Get(after); ok {
			field["new"] = value
		} else if f.change.New != nil { // a default, or a value below an entry that moves
			field["new"] = f.change.New
		}
		fields = append(fields, field)
	}
	for _, f := range u.effects.held {
		fields = append(fields, tree.Object{"path": f.change.Path.String(), "realm": f.realm, "new": f.change.New})
	}
	o["fields"] = fields
	return fingerprint(o)
}
