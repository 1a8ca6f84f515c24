package realm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Manifest says whose directory it lies in. It is written once, when a realm
// begins, and never changed. Fields stand in the order that the file has.
type Manifest struct {
	RealmID   string `json:"realm_id"` // the exact id; the directory's name is not
	Backend   string `json:"backend"`
	Origin    Origin `json:"origin"`
	CreatedAt string `json:"created_at"`                // Unix seconds, in decimal
	Format    uint32 `json:"manifest_format,omitempty"` // 0 when the file does not say, which means 1

	// Provider names an outside store that keeps the realm instead of the
	// directory; EphemeralDomains what such a store does not keep.
	Provider         string   `json:"provider,omitempty"`
	EphemeralDomains []string `json:"ephemeral_domains,omitempty"`
}

// Origin is how a realm's id came about.
type Origin string

// The origins.
const (
	Generated     Origin = "generated"      // made up for an isolated realm
	Workspace     Origin = "workspace"      // derived from a directory
	Explicit      Origin = "explicit"       // given by the user
	LegacyUnknown Origin = "legacy_unknown" // the manifest is older than the field
)

// encode is the manifest as the file has it: the peer's own form, two spaces
// deep and without a newline at the end.
func (m *Manifest) encode() ([]byte, error) { return json.MarshalIndent(m, "", "  ") }

// errDamaged is any text that is not a manifest, a half-written one too.
var errDamaged = errors.New("not a manifest")

// decodeManifest reads a manifest as strictly as the peer does: unknown members
// are ignored, a known one twice or of the wrong type is an error, and so is a
// name in other letters, which encoding/json by itself would take.
func decodeManifest(text []byte) (*Manifest, error) {
	if m := newer(text); m != nil {
		return m, nil
	}
	m := &Manifest{Origin: LegacyUnknown}
	fields := map[string]any{
		"realm_id":          &m.RealmID,
		"backend":           &m.Backend,
		"origin":            &m.Origin,
		"created_at":        &m.CreatedAt,
		"manifest_format":   &m.Format,
		"provider":          &m.Provider,
		"ephemeral_domains": &m.EphemeralDomains,
	}
	optional := map[string]bool{"origin": true, "manifest_format": true, "provider": true, "ephemeral_domains": true}
	seen := make(map[string]bool)

	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, damaged("no object", err)
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, damaged("no member name", err)
		}
		name, _ := t.(string)
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, damaged("no value", err)
		}
		field, known := fields[name]
		switch {
		case !known:
			continue
		case seen[name]:
			return nil, damaged(name+" twice", nil)
		case string(value) == "null" && name != "provider":
			return nil, damaged(name+" is null", nil)
		}
		seen[name] = true
		if err := json.Unmarshal(value, field); err != nil {
			return nil, damaged(name, err)
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, damaged("no end", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, damaged("text behind the end", nil)
	}
	for name := range fields {
		if !seen[name] && !optional[name] {
			return nil, damaged("no "+name, nil)
		}
	}
	switch m.Origin {
	case Generated, Workspace, Explicit, LegacyUnknown:
		return m, nil
	default:
		return nil, damaged("origin", nil)
	}
}

// newer is a manifest of a format that is not known here, as far as it can be
// told: nothing else in it may be held against it.
func newer(text []byte) *Manifest {
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

func damaged(what string, cause error) error {
	if cause == nil {
		return fmt.Errorf("%w: %s", errDamaged, what)
	}
	return fmt.Errorf("%w: %s: %w", errDamaged, what, cause)
}
