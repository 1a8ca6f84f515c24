package meerkat

// REST is the section rest.
type REST struct {
	// The address that the REST server listens on.
	Host string `json:"host" jsonschema:"default=127.0.0.1" jsonschema_extras:"x-risk=network"`
	// The port that the REST server listens on.
	Port uint16 `json:"port" jsonschema:"default=8080" jsonschema_extras:"x-risk=network"`
}
