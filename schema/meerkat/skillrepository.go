package meerkat

// SkillRepository is a place that skills come from.
type SkillRepository struct {
	// The name that people see.
	Name string `json:"name" jsonschema:"required" jsonschema_extras:"x-risk=posture"`
	// The identity of the repository, which stays when it is renamed or moved.
	SourceUUID UUID `json:"source_uuid" jsonschema:"required" jsonschema_extras:"x-risk=posture"`
	// Which sort of place it is.
	Type Tag `json:"type" jsonschema:"required" jsonschema_extras:"x-risk=exec+network+path+posture"`

	// A directory.
	Filesystem FilesystemSkills `json:"-" case:"filesystem"`
	// A program that answers with skills.
	Stdio StdioSkills `json:"-" case:"stdio"`
	// An address that answers with skills.
	HTTP HTTPSkills `json:"-" case:"http"`
	// A Git repository.
	Git GitSkills `json:"-" case:"git"`
}

// FilesystemSkills is a directory of skills.
type FilesystemSkills struct {
	// The directory.
	Path string `json:"path" jsonschema:"required" jsonschema_extras:"x-risk=path+posture"`
}

// StdioSkills is a program that answers with skills.
type StdioSkills struct {
	// The program.
	Command string `json:"command" jsonschema:"required" jsonschema_extras:"x-risk=exec"`
	// The program's arguments.
	Args []string `json:"args" jsonschema_extras:"x-risk=exec"`
	// The directory that the program starts in.
	Cwd string `json:"cwd" jsonschema_extras:"x-unset=null,x-risk=exec+path"`
	// Environment variables for the program.
	Env map[string]string `json:"env" jsonschema_extras:"x-risk=exec+secret"`
	// The longest time of one call, in seconds.
	TimeoutSeconds uint64 `json:"timeout_seconds" jsonschema:"default=15" jsonschema_extras:"x-risk=posture"`
}

// HTTPSkills is an address that answers with skills.
type HTTPSkills struct {
	// The address.
	URL string `json:"url" jsonschema:"required" jsonschema_extras:"x-format=url,x-risk=exec+network"`
	// How to prove who asks.
	Auth HTTPSkillsAuth `json:"auth" jsonschema_extras:"x-unset=null"`
	// How long skills are kept before they are asked for again, in seconds.
	RefreshSeconds uint64 `json:"refresh_seconds" jsonschema:"default=300" jsonschema_extras:"x-risk=posture"`
	// The longest time of one call, in seconds.
	TimeoutSeconds uint64 `json:"timeout_seconds" jsonschema:"default=15" jsonschema_extras:"x-risk=posture"`
}

// HTTPSkillsAuth is how to prove to an address who asks.
type HTTPSkillsAuth struct {
	// Which sort of proof.
	Scheme Tag `json:"scheme" jsonschema:"required" jsonschema_extras:"x-risk=posture"`

	// A bearer token.
	Bearer SkillsToken `json:"-" case:"bearer"`
	// A header.
	Header SkillsHeader `json:"-" case:"header"`
}

// SkillsToken is a token that is sent along.
type SkillsToken struct {
	// The token.
	Token string `json:"token" jsonschema:"required" jsonschema_extras:"x-risk=secret"`
}

// SkillsHeader is a header that is sent along.
type SkillsHeader struct {
	// The header's name.
	Name string `json:"name" jsonschema:"required" jsonschema_extras:"x-risk=posture"`
	// The header's value.
	Value string `json:"value" jsonschema:"required" jsonschema_extras:"x-risk=secret"`
}

// GitSkills is a Git repository of skills.
type GitSkills struct {
	// The address of the repository.
	URL string `json:"url" jsonschema:"required" jsonschema_extras:"x-format=url,x-risk=exec+network"`
	// The branch, tag or commit to use.
	GitRef string `json:"git_ref" jsonschema:"default=main" jsonschema_extras:"x-format=name,x-risk=exec+network"`
	// What git_ref is.
	RefType string `json:"ref_type" jsonschema:"enum=branch,enum=tag,enum=commit,default=branch" jsonschema_extras:"x-risk=exec+network"`
	// The directory of the skills inside the repository.
	SkillsRoot string `json:"skills_root" jsonschema_extras:"x-unset=null,x-risk=path+posture"`
	// How to prove who asks.
	Auth GitSkillsAuth `json:"auth" jsonschema_extras:"x-unset=null"`
	// How long the clone is used before it is brought up to date, in seconds.
	RefreshSeconds uint64 `json:"refresh_seconds" jsonschema:"default=300" jsonschema_extras:"x-risk=posture"`
	// How many commits are cloned. A full clone, null in the platform's own JSON, cannot be written in TOML.
	Depth uint64 `json:"depth" jsonschema:"default=1" jsonschema_extras:"x-risk=posture"`
}

// GitSkillsAuth is how to prove to a Git server who asks.
type GitSkillsAuth struct {
	// Which sort of proof.
	Scheme Tag `json:"scheme" jsonschema:"required" jsonschema_extras:"x-risk=posture"`

	// A token.
	Token SkillsToken `json:"-" case:"token"`
	// A private key.
	SSHKey SkillsKey `json:"-" case:"ssh-key"`
}

// SkillsKey is a private key in a file.
type SkillsKey struct {
	// The file of the private key.
	Path string `json:"path" jsonschema:"required" jsonschema_extras:"x-risk=path+posture"`
}
