package fault

// Kind is the stable name of a kind of error, for clients to branch on.
type Kind string

// The kinds: first those of JSON-RPC 2.0, then those of this program. Package rpc
// gives them their numbers on the wire.
const (
	ParseError     Kind = "parse_error"      // the bytes are not JSON
	InvalidRequest Kind = "invalid_request"  // JSON, but not a request
	MethodNotFound Kind = "method_not_found" // no such method
	InvalidParams  Kind = "invalid_params"   // the parameters are not the method's
	Internal       Kind = "internal"         // a mistake in this program
	Cancelled      Kind = "cancelled"        // the client cancelled the request

	GenerationConflict Kind = "generation_conflict" // another writer committed first
	InvalidConfig      Kind = "invalid_config"      // the configuration would not be valid
	ApprovalRequired   Kind = "approval_required"   // a person must approve, and has not
	ReadOnly           Kind = "read_only"           // the server was started without writes
	LockTimeout        Kind = "lock_timeout"        // another process held the realm too long
	CorruptConfig      Kind = "corrupt_config"      // config.toml is not TOML
	Storage            Kind = "storage"             // the file system refused; data has op and reason
	OutcomeUnknown     Kind = "outcome_unknown"     // the write may or may not have happened
	NotFound           Kind = "not_found"           // no such path or generation
	TooLarge           Kind = "too_large"           // the request, the answer or the configuration is too large
	WouldDrop          Kind = "would_drop"          // entries would be dropped that the client did not name
	Busy               Kind = "busy"                // too many requests at once
)

// Reason is the value of the data member "reason" of a storage fault.
type Reason string

// The reasons.
const (
	Full          Reason = "full"            // ENOSPC, EDQUOT; generation numbers are used up
	Denied        Reason = "denied"          // EACCES, EPERM
	ReadOnlyMedia Reason = "read_only_media" // EROFS
	Gone          Reason = "gone"            // the directory was removed or replaced
	Link          Reason = "link"            // a symbolic link that is not followed
	Unreachable   Reason = "unreachable"     // no server of a shared store answers
	IO            Reason = "io"              // anything else
)
