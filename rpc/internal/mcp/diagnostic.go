package mcp

import (
	"fmt"

	"realmconf/runtime"
)

// DiagnosticMode is the choice whether replies may show where the configuration
// is: the resolved_paths of an envelope.
type DiagnosticMode int

const (
	// Negotiate shows paths to the clients that ask for them. It is the default.
	Negotiate DiagnosticMode = iota
	// Never shows no paths and does not offer them.
	Never
	// Always shows paths to every client.
	Always
)

// MarshalText returns the mode as the command line has it.
func (m DiagnosticMode) MarshalText() ([]byte, error) {
	switch m {
	case Negotiate:
		return []byte("negotiate"), nil
	case Never:
		return []byte("never"), nil
	case Always:
		return []byte("always"), nil
	default:
		return nil, fmt.Errorf("diagnostic mode %d does not exist", int(m))
	}
}

// UnmarshalText reads negotiate, never or always. With MarshalText it serves
// flag.TextVar.
func (m *DiagnosticMode) UnmarshalText(text []byte) error {
	for _, mode := range []DiagnosticMode{Negotiate, Never, Always} {
		if name, _ := mode.MarshalText(); string(name) == string(text) {
			*m = mode
			return nil
		}
	}
	return fmt.Errorf("diagnostic %q: use negotiate, never or always", text)
}

// visibility returns whether the reply to a request shows paths, which its client
// may have asked for.
func (m DiagnosticMode) visibility(asked bool) runtime.PathVisibility {
	if m == Always || (m == Negotiate && asked) {
		return runtime.ShowPaths
	}
	return runtime.HidePaths
}
