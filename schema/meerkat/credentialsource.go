package meerkat

// CredentialSource is where credentials come from.
type CredentialSource struct {
	// Which sort of source.
	Kind Tag `json:"kind" jsonschema:"required" jsonschema_extras:"x-risk=exec+posture"`

	// The secret itself is in the configuration.
	InlineSecret InlineSecret `json:"-" case:"inline_secret"`
	// The platform's own store, which a login fills.
	ManagedStore Empty `json:"-" case:"managed_store"`
	// An environment variable.
	Env EnvSource `json:"-" case:"env"`
	// A resolver of the host program.
	ExternalResolver ExternalResolver `json:"-" case:"external_resolver"`
	// Whatever the machine or the cloud offers.
	PlatformDefault Empty `json:"-" case:"platform_default"`
	// What a program prints.
	Command CommandSource `json:"-" case:"command"`
	// An open file descriptor.
	FileDescriptor FileDescriptorSource `json:"-" case:"file_descriptor"`
}

// InlineSecret is a secret in the configuration itself.
type InlineSecret struct {
	// The secret itself.
	Secret string `json:"secret" jsonschema:"required" jsonschema_extras:"x-risk=secret"`
}

// EnvSource is an environment variable that holds a secret.
type EnvSource struct {
	// The variable's name. The name with RKAT_ before it is tried first.
	Env string `json:"env" jsonschema:"required" jsonschema_extras:"x-risk=posture"`
	// Names that are tried next. Absent: none.
	Fallback []string `json:"fallback" jsonschema_extras:"x-unset=absent,x-risk=posture"`
}

// ExternalResolver is a resolver of the host program.
type ExternalResolver struct {
	// What the resolver is asked for.
	Handle string `json:"handle" jsonschema:"required" jsonschema_extras:"x-risk=posture"`
}

// CommandSource is a program that prints a secret.
type CommandSource struct {
	// The program.
	Program string `json:"program" jsonschema:"required" jsonschema_extras:"x-risk=exec"`
	// The program's arguments.
	Args []string `json:"args" jsonschema_extras:"x-risk=exec"`
	// The directory that the program starts in.
	Cwd string `json:"cwd" jsonschema_extras:"x-unset=skip,x-risk=exec+path"`
	// Environment variables for the program.
	Env map[string]string `json:"env" jsonschema_extras:"x-risk=exec+secret"`
	// The longest time of the program, in milliseconds.
	TimeoutMS uint64 `json:"timeout_ms" jsonschema:"default=30000" jsonschema_extras:"x-risk=posture"`
	// How long the secret is used before the program is asked again, in milliseconds.
	RefreshIntervalMS uint64 `json:"refresh_interval_ms" jsonschema_extras:"x-unset=skip,x-risk=posture"`
}

// FileDescriptorSource is an open file descriptor that a secret is read from.
type FileDescriptorSource struct {
	// The number of the descriptor.
	FD int32 `json:"fd" jsonschema:"required" jsonschema_extras:"x-risk=posture"`
	// The scope of the secret, if not the usual one.
	ScopeOverride string `json:"scope_override" jsonschema_extras:"x-unset=skip,x-risk=posture"`
}
