package meerkat

// ModelFallback is the section model_fallback.
type ModelFallback struct {
	// Whether another model is tried when one is not available.
	Enabled bool `json:"enabled" jsonschema:"default=true" jsonschema_extras:"x-risk=posture"`
	// Whether the catalog's own chain is used again where a parent realm replaced or disabled it. Absent: false.
	UseCatalogDefaultChain bool `json:"use_catalog_default_chain" jsonschema_extras:"x-unset=absent,x-risk=posture"`
	// The models to try, in order. Absent or empty: the catalog's chain.
	Chain []FallbackTarget `json:"chain" jsonschema_extras:"x-unset=absent"`
}

// FallbackTarget is a model to try when another one is not available.
type FallbackTarget struct {
	// The id of the model.
	Model string `json:"model" jsonschema:"required" jsonschema_extras:"x-risk=posture"`
	// The provider that serves the model. Absent: the one that the catalog names.
	Provider string `json:"provider" jsonschema:"enum=anthropic,enum=openai,enum=gemini,enum=self_hosted,enum=other" jsonschema_extras:"x-unset=skip,x-value-alias=open_a_i:openai,x-risk=network+posture"`
	// The credentials to use. Absent: the provider's default binding.
	AuthBinding AuthBinding `json:"auth_binding" jsonschema_extras:"x-unset=skip"`
}

// AuthBinding is a binding of a realm, named from elsewhere.
type AuthBinding struct {
	// The id of the realm.
	Realm Slug `json:"realm" jsonschema:"required" jsonschema_extras:"x-format=name,x-risk=network+posture"`
	// The id of the binding, in realm.<id>.binding.
	Binding Slug `json:"binding" jsonschema:"required" jsonschema_extras:"x-format=name,x-risk=network+posture"`
	// The id of the credentials, if not those of the binding.
	Profile Slug `json:"profile" jsonschema_extras:"x-unset=skip,x-format=name,x-risk=network+posture"`
	// Where the binding comes from: the configuration, or the environment. Absent: the configuration.
	Origin string `json:"origin" jsonschema:"enum=configured,enum=synthetic_env_default" jsonschema_extras:"x-unset=absent,x-risk=network+posture"`
}
