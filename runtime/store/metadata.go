package store

// Metadata says where a configuration comes from: the identity that an
// envelope carries. A nil pointer means unknown.
type Metadata struct {
	RealmID    *string
	InstanceID *string
	Backend    *string
	Paths      *ResolvedPaths
}

// ResolvedPaths are the places of a realm's files, shown to a client only when
// diagnostic was negotiated. Fields stand in the order that the wire has.
type ResolvedPaths struct {
	ConfigPath         string  `json:"config_path"`
	ManifestPath       string  `json:"manifest_path"`
	Root               string  `json:"root"`
	SessionsJSONLDir   string  `json:"sessions_jsonl_dir"`
	SessionsSQLitePath *string `json:"sessions_sqlite_path,omitempty"`
}
