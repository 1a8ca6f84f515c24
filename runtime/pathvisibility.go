package runtime

// PathVisibility says whether an envelope holds file system paths.
type PathVisibility int

const (
	// HidePaths leaves file system paths out. It is the default.
	HidePaths PathVisibility = iota
	// ShowPaths includes the resolved paths, where they are known.
	ShowPaths
)
