package meerkat

// MobHost is the section mob_host.
type MobHost struct {
	// The realm that is served.
	Realm string `json:"realm" jsonschema_extras:"x-unset=null,x-format=name,x-risk=network+posture"`
	// The TCP address to listen on.
	ListenTCP string `json:"listen_tcp" jsonschema_extras:"x-unset=null,x-risk=network"`
	// The TCP address that is announced to other machines.
	AdvertiseTCP string `json:"advertise_tcp" jsonschema_extras:"x-unset=null,x-risk=network"`
	// The WebSocket address to listen on.
	LiveWS string `json:"live_ws" jsonschema_extras:"x-unset=null,x-risk=network"`
	// The WebSocket address that is announced to other machines.
	LiveWSAdvertise string `json:"live_ws_advertise" jsonschema_extras:"x-unset=null,x-risk=network"`
	// The directory of the host's keys.
	IdentityDir string `json:"identity_dir" jsonschema_extras:"x-unset=null,x-risk=path"`
	// The file that the host's description is written to.
	DescriptorOut string `json:"descriptor_out" jsonschema_extras:"x-unset=null,x-risk=path"`
	// Maximum number of connections at a time.
	MaxConnections uint64 `json:"max_connections" jsonschema_extras:"x-unset=null,x-risk=posture"`
	// The longest wait for a message, in milliseconds.
	ReadDeadlineMS uint64 `json:"read_deadline_ms" jsonschema_extras:"x-unset=null,x-risk=posture"`
	// Maximum number of attempts to pair.
	PairingRate uint32 `json:"pairing_rate" jsonschema_extras:"x-unset=null,x-risk=posture"`
	// How many live events are kept for a slow listener.
	LiveBufferEvents uint64 `json:"live_buffer_events" jsonschema_extras:"x-unset=null,x-risk=posture"`
}
