package realm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"realmconf/schema/tree"
)

// Manifest says which realm its directory belongs to. It is written once, when
// the realm is created, and never changed. The fields are in the file's order.
type Manifest struct {
	RealmID   string   `json:"realm_id"` // the exact id, unlike the directory's name
	Backend   string   `json:"backend"`
	IDSource  IDSource `json:"origin"`
	CreatedAt string   `json:"created_at"`                // Unix seconds, in decimal
	Format    uint32   `json:"manifest_format,omitempty"` // 0 if the file does not say it, which means 1

	// Provider names an external store that keeps the realm instead of the
	// directory. EphemeralDomains are the data that such a store does not keep.
	Provider         string   `json:"provider,omitempty"`
	EphemeralDomains []string `json:"ephemeral_domains,omitempty"`
}

// IDSource says where a realm's id comes from.
type IDSource string

// The sources of ids.
const (
	Generated     IDSource = "generated"      // random, for an isolated realm
	Workspace     IDSource = "workspace"      // derived from a directory
	Explicit      IDSource = "explicit"       // given by the user
	LegacyUnknown IDSource = "legacy_unknown" // the manifest is older than the field
)

func (s IDSource) isKnown() bool {
	return s == Generated || s == Workspace || s == Explicit || s == LegacyUnknown
}

// encode returns the text of the file, as Meerkat writes it: indented by two
// spaces, without a newline at the end.
func (m *Manifest) encode() ([]byte, error) { return json.MarshalIndent(m, "", "  ") }

// errDamaged means that a text is not a manifest, or only half of one.
var errDamaged = errors.New("not a manifest")

// decodeManifest reads a manifest as strictly as Meerkat does. Unknown members
// are ignored, also a known name in other case, which encoding/json alone would
// accept. A known member that is there twice or has the wrong type is an error.
func decodeManifest(text []byte) (*Manifest, error) {
	if m := decodeUsual(text); m != nil {
		return m, nil
	}
	if m := decodeNewer(text); m != nil {
		return m, nil
	}
	return decodeKnown(text)
}

// decodeKnown returns the manifest in a text of a known format.
func decodeKnown(text []byte) (*Manifest, error) {
	m := &Manifest{IDSource: LegacyUnknown}
	fields := map[string]any{
		"realm_id":          &m.RealmID,
		"backend":           &m.Backend,
		"origin":            &m.IDSource,
		"created_at":        &m.CreatedAt,
		"manifest_format":   &m.Format,
		"provider":          &m.Provider,
		"ephemeral_domains": &m.EphemeralDomains,
	}
	optional := map[string]bool{"origin": true, "manifest_format": true, "provider": true, "ephemeral_domains": true}
	seen := make(map[string]bool)

	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, damagedError("not an object", err)
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, damagedError("a member without a name", err)
		}
		name, _ := t.(string)
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, damagedError("a member without a value", err)
		}
		field, known := fields[name]
		switch {
		case !known:
			continue
		case seen[name]:
			return nil, damagedError(name+" twice", nil)
		case string(value) == "null" && name != "provider":
			return nil, damagedError(name+" is null", nil)
		}
		seen[name] = true
		if err := json.Unmarshal(value, field); err != nil {
			return nil, damagedError(name, err)
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, damagedError("no end", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, damagedError("text after the end", nil)
	}
	for name := range fields {
		if !seen[name] && !optional[name] {
			return nil, damagedError("no "+name, nil)
		}
	}
	if !m.IDSource.isKnown() {
		return nil, damagedError("origin", nil)
	}
	return m, nil
}

// decodeUsual returns the manifest in a text with the members that most manifests have
// and no other, nil if the text is another one. It returns what decodeKnown does, in a
// third of the time: every command reads a manifest, and encoding/json looks at the types
// of the fields first.
func decodeUsual(text []byte) *Manifest {
	o, err := tree.DecodeObject(text)
	id, hasID := o["realm_id"].(string)
	backend, hasBackend := o["backend"].(string)
	origin, hasOrigin := o["origin"].(string)
	createdAt, hasTime := o["created_at"].(string)
	if err != nil || len(o) != 4 || !hasID || !hasBackend || !hasOrigin || !hasTime || !IDSource(origin).isKnown() {
		return nil
	}
	return &Manifest{RealmID: id, Backend: backend, IDSource: IDSource(origin), CreatedAt: createdAt}
}

// decodeNewer returns the manifest in a text of a newer format, nil if the text
// has no newer format. It holds the id and the format only: the rules for the
// other members are not known.
func decodeNewer(text []byte) *Manifest {
	var m struct {
		RealmID any    `json:"realm_id"`
		Format  uint32 `json:"manifest_format"`
	}
	if json.Unmarshal(text, &m) != nil || m.Format <= newestFormat {
		return nil
	}
	id, _ := m.RealmID.(string)
	return &Manifest{RealmID: id, Format: m.Format}
}

// damagedError returns an error that is errDamaged.
func damagedError(what string, cause error) error {
	if cause == nil {
		return fmt.Errorf("%w: %s", errDamaged, what)
	}
	return fmt.Errorf("%w: %s: %w", errDamaged, what, cause)
}
