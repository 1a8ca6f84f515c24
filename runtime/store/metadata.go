package store

import "cmp"

// Metadata is the identity of a configuration, which envelopes carry. A nil
// pointer means unknown.
type Metadata struct {
	RealmID    *string
	InstanceID *string
	Backend    *string
	Project    string // the name of the project's directory, for a person; empty if the realm is in none
	Paths      *ResolvedPaths

	// Place is where the configuration is kept, for a person at the machine: the path
	// of its file, or the URL of a shared store without credentials. It is empty if the
	// configuration is kept nowhere.
	Place string

	// File is the name of the file, without a path, if it is any file and not the
	// config.toml of a realm.
	File string
}

// IsShared reports whether the configuration is in a store that machines share, at Place,
// and in no file.
func (m Metadata) IsShared() bool { return m.Paths == nil && m.Place != "" }

// FileName returns the name of the file in messages, or what is in the place of a file.
func (m Metadata) FileName() string {
	if m.IsShared() {
		return "the configuration"
	}
	return cmp.Or(m.File, "config.toml")
}

// ResolvedPaths are the places of a realm's files, or the path of any file and its
// directory. A client sees them only if it
// negotiated diagnostic. The fields are in the order of the wire.
type ResolvedPaths struct {
	ConfigPath         string  `json:"config_path"`
	ManifestPath       string  `json:"manifest_path,omitempty"`
	Root               string  `json:"root"`
	SessionsJSONLDir   string  `json:"sessions_jsonl_dir,omitempty"`
	SessionsSQLitePath *string `json:"sessions_sqlite_path,omitempty"`
}
