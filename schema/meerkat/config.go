package meerkat

// Config is the configuration of a Meerkat realm, as of Meerkat 0.8.26: what
// config.toml may say.
//
// It and the section types are the only place where a field is described: a
// field's comment is what clients read about it. The generator turns them into
// config.schema.json, and nothing else reads them. The tags are:
//
//   - json: the key, and nothing more
//   - jsonschema: bounds, enum, default and required. A default on a required
//     key is the default of the table that holds it: the table is complete or
//     absent
//   - jsonschema_extras x-unset: what an absent key of a field without a
//     default means: "null" is shown as null in the resolved view, "skip" is
//     not shown (in both, null may be given for absent); "default" has its
//     default, and null may be given; "absent" is not shown, and null is refused
//   - x-risk: the risk classes, the kinds of harm that a change can do: exec, secret, network,
//     path, posture, several joined by "+", or none, and then x-risk-why has the reason in
//     words without a comma. Every key that has no keys below names its own; the entries of
//     a list or map of plain values inherit them. testdata/classes.txt lists them all.
//     Clients see tokens in the place of secrets, see schema.Model.Mask
//   - x-key: the member that identifies the entries of a list
//   - x-alias: another name of the key; x-value-alias: other spellings of
//     values, as "other:canonical"
//   - x-format: the name of a format that says what the text is. Of a "url" the
//     userinfo, the query, the fragment and the parameters of the path are secret, and
//     of a "webhook" the path too; in a "name" an "@" means nothing
//   - case, with: a branch of a union, see below
//
// A field tagged `json:",inline"` is the map of all keys that the section does
// not list. Lists and maps default to empty ones.
//
// A struct is a union if it has fields tagged `json:"-"` with case or with:
// each is a branch, whose members are beside the struct's other ones.
// case:"value" is taken when the struct's field of type Tag has that value;
// with:"key" when that key is there, the first such branch winning.
type Config struct {
	// How agents behave: prompts, the model, sampling, limits of a turn.
	Agent Agent `json:"agent"`
	// Where sessions are stored. Deprecated: the platform ignores it.
	Storage Storage `json:"storage"`
	// What one run may use up.
	Budget Budget `json:"budget"`
	// How failed calls to a model provider are repeated.
	Retry Retry `json:"retry"`
	// Which tools agents have, and how long these may take.
	Tools Tools `json:"tools"`
	// The model used for each provider, and models of your own: a table models.<id> for each.
	Models Models `json:"models"`
	// Maximum number of tokens in one reply of a model. Absent: agent.max_tokens_per_turn decides.
	MaxTokens uint32 `json:"max_tokens" jsonschema:"minimum=1" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// The program behind the shell tool, and what it may run.
	Shell Shell `json:"shell"`
	// Where sessions and tasks are kept on disk.
	Store Store `json:"store"`
	// How agents of different processes talk to each other.
	Comms Comms `json:"comms"`
	// The server through which other machines join a mob.
	MobHost MobHost `json:"mob_host"`
	// When and how a long conversation is summarised.
	Compaction Compaction `json:"compaction"`
	// What the whole server may use up.
	Limits Limits `json:"limits"`
	// The address of the REST server.
	REST REST `json:"rest"`
	// Programs, addresses and built-in handlers called at points of a run.
	Hooks Hooks `json:"hooks"`
	// Where skills come from, and how much of them goes into a prompt.
	Skills Skills `json:"skills"`
	// Model servers that you run yourself, and their models.
	SelfHosted SelfHosted `json:"self_hosted"`
	// Tools that the model providers run on their side.
	ProviderTools ProviderTools `json:"provider_tools"`
	// What happens when a model is not available.
	ModelFallback ModelFallback `json:"model_fallback"`
	// How results are shown.
	Presentation Presentation `json:"presentation"`
	// Backends, credentials and bindings, by realm id.
	Realm map[string]Realm `json:"realm" jsonschema_extras:"x-unset=absent"`
}
