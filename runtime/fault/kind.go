package fault

// Kind is the stable name of a sort of error: what a client may branch on.
type Kind string

// The kinds. Those of JSON-RPC 2.0 come first, then our own; the numbers that
// they have on the wire are given in package rpc.
const (
	ParseError     Kind = "parse_error"      // the bytes are not JSON
	InvalidRequest Kind = "invalid_request"  // JSON, but not a request
	MethodNotFound Kind = "method_not_found" // no such method
	InvalidParams  Kind = "invalid_params"   // the parameters are not the method's
	Internal       Kind = "internal"         // a mistake in this program
	Cancelled      Kind = "cancelled"        // the client took the request back

	GenerationConflict Kind = "generation_conflict" // somebody else was first
	InvalidConfig      Kind = "invalid_config"      // the configuration would not be valid
	ApprovalRequired   Kind = "approval_required"   // a person must agree, and has not
	ReadOnly           Kind = "read_only"           // the server was started without writes
	LockTimeout        Kind = "lock_timeout"        // another process held the realm too long
	CorruptConfig      Kind = "corrupt_config"      // config.toml is not TOML
	Storage            Kind = "storage"             // the file system said no; data has op and reason
	OutcomeUnknown     Kind = "outcome_unknown"     // the write may or may not have happened
	NotFound           Kind = "not_found"           // no such path or generation
	TooLarge           Kind = "too_large"           // the answer or the configuration is too large
	WouldDrop          Kind = "would_drop"          // entries would vanish that nobody named
	Busy               Kind = "busy"                // too many requests at once
)

// Reason says why storage refused: the value of the data member "reason".
type Reason string

// The reasons.
const (
	Full          Reason = "full"            // ENOSPC, EDQUOT
	Denied        Reason = "denied"          // EACCES, EPERM
	ReadOnlyMedia Reason = "read_only_media" // EROFS
	Gone          Reason = "gone"            // the directory vanished or was replaced
	IO            Reason = "io"              // anything else
)
