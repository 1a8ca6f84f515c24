package meerkat

// Comms is the section comms.
type Comms struct {
	// How agents reach each other: inside one process, by TCP, or by a Unix socket.
	Mode string `json:"mode" jsonschema:"enum=inproc,enum=tcp,enum=uds,default=inproc" jsonschema_extras:"x-risk=network"`
	// The address to listen on.
	Address string `json:"address" jsonschema_extras:"x-unset=null,x-risk=network"`
	// The address that is announced to other agents.
	AdvertiseAddress string `json:"advertise_address" jsonschema_extras:"x-unset=null,x-risk=network"`
	// How agents prove who they are.
	Auth string `json:"auth" jsonschema:"enum=none,enum=ed25519,default=none" jsonschema_extras:"x-risk=posture"`
	// Whether an agent that does not prove who it is is turned away.
	RequirePeerAuth bool `json:"require_peer_auth" jsonschema:"default=true" jsonschema_extras:"x-risk=posture"`
	// The address to listen on for events.
	EventAddress string `json:"event_address" jsonschema_extras:"x-unset=null,x-risk=network"`
}
