package runtime

// Policy decides what an envelope tells about the place of a configuration.
type Policy int

const (
	// Public leaves file system paths out. It is the default.
	Public Policy = iota
	// Diagnostic includes the resolved paths, where they are known.
	Diagnostic
)
