package meerkat

// AuthProfile is a set of credentials for a model provider.
type AuthProfile struct {
	// The provider: anthropic, openai, gemini or self_hosted.
	Provider string `json:"provider" jsonschema:"required" jsonschema_extras:"x-format=name,x-risk=network+posture"`
	// How the provider wants them, for example api_key, static_bearer, claude_ai_oauth, managed_chatgpt_oauth, adc or none.
	AuthMethod string `json:"auth_method" jsonschema:"required" jsonschema_extras:"x-format=name,x-risk=network+posture"`
	// Where the credentials come from.
	Source CredentialSource `json:"source" jsonschema:"required"`
	// What may be done to get or renew them, and what they must say.
	Constraints AuthConstraints `json:"constraints"`
	// What is known about the account.
	MetadataDefaults MetadataDefaults `json:"metadata_defaults"`
}

// AuthConstraints is what may be done with credentials, and what they must say.
type AuthConstraints struct {
	// Whether a workspace must be known.
	RequireWorkspaceID bool `json:"require_workspace_id" jsonschema:"default=false" jsonschema_extras:"x-risk=posture"`
	// Whether an account must be known.
	RequireAccountID bool `json:"require_account_id" jsonschema:"default=false" jsonschema_extras:"x-risk=posture"`
	// Whether a person may be asked to log in.
	AllowInteractiveLogin bool `json:"allow_interactive_login" jsonschema:"default=false" jsonschema_extras:"x-risk=posture"`
	// Whether credentials may be renewed.
	AllowRefresh bool `json:"allow_refresh" jsonschema:"default=true" jsonschema_extras:"x-risk=posture"`
}

// MetadataDefaults is what is known about an account.
type MetadataDefaults struct {
	// The organisation.
	OrganizationID string `json:"organization_id" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// The workspace.
	WorkspaceID string `json:"workspace_id" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// Hints for the choice of a route.
	RouteHints RouteHints `json:"route_hints"`
	// What only this provider knows.
	ProviderMetadata ProviderMetadata `json:"provider_metadata" jsonschema_extras:"x-unset=skip"`
}

// RouteHints is hints for the choice of a route.
type RouteHints struct {
	// The provider that the account is with.
	Provider string `json:"provider" jsonschema:"enum=none,enum=open_ai,enum=anthropic,enum=google,default=none" jsonschema_extras:"x-risk=network+posture"`
}

// ProviderMetadata is what only one provider knows about an account.
type ProviderMetadata struct {
	// Which provider.
	Provider Tag `json:"provider" jsonschema:"required" jsonschema_extras:"x-risk=posture"`

	// An account with OpenAI.
	OpenAI OpenAIMetadata `json:"-" case:"open_ai"`
	// An account with Anthropic, or with a cloud that serves its models.
	Anthropic AnthropicMetadata `json:"-" case:"anthropic"`
	// An account with Google.
	Google GoogleMetadata `json:"-" case:"google"`
}

// OpenAIMetadata is what is known about an account with OpenAI.
type OpenAIMetadata struct {
	// The plan of the account.
	PlanType string `json:"plan_type" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// The user.
	UserID string `json:"user_id" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// The account.
	AccountID string `json:"account_id" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// Whether the account is a FedRAMP one.
	IsFedramp bool `json:"is_fedramp" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// The user's email address.
	Email string `json:"email" jsonschema_extras:"x-unset=skip,x-risk=posture"`
}

// AnthropicMetadata is what is known about an account with Anthropic, or with a
// cloud that serves its models.
type AnthropicMetadata struct {
	// The subscription of the account.
	SubscriptionTier string `json:"subscription_tier" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// The region, on AWS.
	AWSRegion string `json:"aws_region" jsonschema_extras:"x-unset=skip,x-format=name,x-risk=network+posture"`
	// The project, on Vertex.
	VertexProjectID string `json:"vertex_project_id" jsonschema_extras:"x-unset=skip,x-format=name,x-risk=network+posture"`
	// The region, on Vertex.
	VertexRegion string `json:"vertex_region" jsonschema_extras:"x-unset=skip,x-format=name,x-risk=network+posture"`
	// The deployment, on Foundry.
	FoundryDeployment string `json:"foundry_deployment" jsonschema_extras:"x-unset=skip,x-format=name,x-risk=network+posture"`
}

// GoogleMetadata is what is known about an account with Google.
type GoogleMetadata struct {
	// The account's email address.
	AccountEmail string `json:"account_email" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// The project.
	ProjectID string `json:"project_id" jsonschema_extras:"x-unset=skip,x-format=name,x-risk=network+posture"`
	// The region.
	Region string `json:"region" jsonschema_extras:"x-unset=skip,x-format=name,x-risk=network+posture"`
	// The tier of Code Assist.
	CodeAssistTier string `json:"code_assist_tier" jsonschema_extras:"x-unset=skip,x-risk=posture"`
}
