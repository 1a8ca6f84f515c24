package meerkat

// SelfHosted is the section self_hosted.
type SelfHosted struct {
	// The servers, by id.
	Servers map[string]SelfHostedServer `json:"servers"`
	// The models, by id. No id may be one of the catalog's or of models.<id>.
	Models map[string]SelfHostedModel `json:"models"`
	// The model used where none is asked for: an id of self_hosted.models. Needed when there is more than one.
	DefaultModel string `json:"default_model" jsonschema_extras:"x-unset=skip,x-format=name,x-risk=network"`
}

// SelfHostedServer is a model server that you run yourself.
type SelfHostedServer struct {
	// The protocol of the server.
	Transport string `json:"transport" jsonschema:"enum=open_ai_compatible,default=open_ai_compatible" jsonschema_extras:"x-value-alias=openai_compatible:open_ai_compatible,x-risk=network"`
	// The server's address.
	BaseURL string `json:"base_url" jsonschema:"default=" jsonschema_extras:"x-format=url,x-risk=network"`
	// Which of the protocol's two interfaces is called.
	APIStyle string `json:"api_style" jsonschema:"enum=responses,enum=chat_completions,default=chat_completions" jsonschema_extras:"x-risk=network"`
}

// SelfHostedModel is a model on one of your own servers.
type SelfHostedModel struct {
	// The server that has the model: an id of self_hosted.servers.
	Server string `json:"server" jsonschema:"default=" jsonschema_extras:"x-format=name,x-risk=network"`
	// The server's name of the model.
	RemoteModel string `json:"remote_model" jsonschema:"default=" jsonschema_extras:"x-risk=none,x-risk-why=only names a model: the key server chooses where it runs"`
	// The name that people see.
	DisplayName string `json:"display_name" jsonschema:"default=" jsonschema_extras:"x-risk=none,x-risk-why=a name for people"`
	// The family of models that the model belongs to.
	Family string `json:"family" jsonschema:"default=" jsonschema_extras:"x-risk=none,x-risk-why=states what the model can do"`
	// Whether the model is recommended, or merely supported.
	Tier string `json:"tier" jsonschema:"enum=recommended,enum=supported,default=supported" jsonschema_extras:"x-risk=none,x-risk-why=advice for people"`
	// How many tokens a conversation with the model may have.
	ContextWindow uint32 `json:"context_window" jsonschema_extras:"x-unset=skip,x-risk=none,x-risk-why=states what the model can do"`
	// Maximum number of tokens in one reply of the model.
	MaxOutputTokens uint32 `json:"max_output_tokens" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// Whether the model reads images.
	Vision bool `json:"vision" jsonschema:"default=false" jsonschema_extras:"x-risk=none,x-risk-why=states what the model can do"`
	// Whether the results of tools may hold images.
	ImageToolResults bool `json:"image_tool_results" jsonschema:"default=false" jsonschema_extras:"x-risk=none,x-risk-why=states what the model can do"`
	// Whether the model reads videos.
	InlineVideo bool `json:"inline_video" jsonschema:"default=false" jsonschema_extras:"x-risk=none,x-risk-why=states what the model can do"`
	// Whether the model takes a sampling temperature.
	SupportsTemperature bool `json:"supports_temperature" jsonschema:"default=true" jsonschema_extras:"x-risk=none,x-risk-why=states what the model can do"`
	// Whether the model can show its thinking.
	SupportsThinking bool `json:"supports_thinking" jsonschema:"default=false" jsonschema_extras:"x-risk=none,x-risk-why=states what the model can do"`
	// Whether the model takes a reasoning effort.
	SupportsReasoning bool `json:"supports_reasoning" jsonschema:"default=false" jsonschema_extras:"x-risk=none,x-risk-why=states what the model can do"`
	// Whether the server searches the web for the model.
	SupportsWebSearch bool `json:"supports_web_search" jsonschema:"default=false" jsonschema_extras:"x-risk=network"`
	// The longest time of one call, in seconds.
	CallTimeoutSecs uint64 `json:"call_timeout_secs" jsonschema_extras:"x-unset=skip,x-risk=posture"`
}
