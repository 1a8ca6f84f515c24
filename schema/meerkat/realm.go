package meerkat

// Realm is how one realm reaches model providers: realm.<id>.
type Realm struct {
	// Where requests go, by id. Absent: none.
	Backend map[string]Backend `json:"backend" jsonschema_extras:"x-unset=absent"`
	// Credentials, by id. Absent: none.
	Auth map[string]AuthProfile `json:"auth" jsonschema_extras:"x-unset=absent"`
	// Which credentials go where, by id. Absent: none.
	Binding map[string]Binding `json:"binding" jsonschema_extras:"x-unset=absent"`
	// The binding used where none is asked for: an id of the realm's bindings.
	DefaultBinding string `json:"default_binding" jsonschema_extras:"x-unset=skip,x-format=name,x-risk=network+posture"`
	// The realm whose settings this one inherits.
	Parent Slug `json:"parent" jsonschema_extras:"x-unset=skip,x-risk=posture"`
}

// Backend is where requests to a model provider go.
type Backend struct {
	// The provider: anthropic, openai, gemini or self_hosted.
	Provider string `json:"provider" jsonschema:"required" jsonschema_extras:"x-format=name,x-risk=network"`
	// The provider's interface, for example anthropic_api, bedrock, openai_api, azure_openai, google_genai or self_hosted.
	BackendKind string `json:"backend_kind" jsonschema:"required" jsonschema_extras:"x-format=name,x-risk=network"`
	// The address. Absent: the provider's own. Credentials are sent there.
	BaseURL string `json:"base_url" jsonschema_extras:"x-unset=skip,x-format=url,x-risk=network"`
	// Further settings of the interface, in any form.
	Options Any `json:"options" jsonschema_extras:"x-unset=skip,x-risk=secret+network+posture"`
	// The server that requests go to: an id of self_hosted.servers.
	Server string `json:"server" jsonschema_extras:"x-unset=skip,x-format=name,x-risk=network"`
}

// Binding is a set of credentials together with where they are sent.
type Binding struct {
	// Where requests go: an id of the realm's backends.
	BackendProfile string `json:"backend_profile" jsonschema:"required" jsonschema_extras:"x-format=name,x-risk=network+posture"`
	// The credentials: an id of the realm's auth.
	AuthProfile string `json:"auth_profile" jsonschema:"required" jsonschema_extras:"x-format=name,x-risk=network+posture"`
	// The model used where none is asked for.
	DefaultModel string `json:"default_model" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// What is asked of the credentials.
	Policy BindingPolicy `json:"policy"`
	// Whether this is the provider's default binding. Absent: false.
	ProviderDefault bool `json:"provider_default" jsonschema_extras:"x-unset=absent,x-risk=network+posture"`
}

// BindingPolicy is what a binding asks of its credentials.
type BindingPolicy struct {
	// Whether a request may bring other credentials.
	AllowAuthOverride bool `json:"allow_auth_override" jsonschema:"default=false" jsonschema_extras:"x-risk=posture"`
	// Whether the credentials must name an account.
	RequireMetadataAccount bool `json:"require_metadata_account" jsonschema:"default=false" jsonschema_extras:"x-risk=posture"`
	// Whether the credentials must name a workspace.
	RequireMetadataWorkspace bool `json:"require_metadata_workspace" jsonschema:"default=false" jsonschema_extras:"x-risk=posture"`
}
