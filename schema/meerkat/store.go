package meerkat

// Store is the section store.
type Store struct {
	// The file or directory of the sessions.
	SessionsPath string `json:"sessions_path" jsonschema_extras:"x-unset=null,x-risk=path"`
	// The file or directory of the tasks.
	TasksPath string `json:"tasks_path" jsonschema_extras:"x-unset=null,x-risk=path"`
	// The directory of the databases.
	DatabaseDir string `json:"database_dir" jsonschema_extras:"x-unset=null,x-risk=path"`
}
