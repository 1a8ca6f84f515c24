package runtime

// Policy decides whether an envelope holds file system paths.
type Policy int

const (
	// Public leaves file system paths out. It is the default.
	Public Policy = iota
	// Diagnostic includes the resolved paths, where they are known.
	Diagnostic
)
