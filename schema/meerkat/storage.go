package meerkat

// Storage is the section storage.
type Storage struct {
	// The directory of the sessions. Deprecated: the platform ignores it.
	Directory string `json:"directory" jsonschema_extras:"x-unset=null,x-risk=path"`
}
