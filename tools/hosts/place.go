package hosts

import (
	"os"
	"os/exec"
	"path/filepath"
)

// Place is a file or directory of a host.
type Place struct {
	base base
	path string // below the base, with slashes

	alternative string // another path, of a file that decides if it exists; may be empty
}

// base is a directory in which hosts keep their files.
type base string

const (
	inProject         base = "project"
	inHome            base = "home"
	inConfig          base = "config"           // $XDG_CONFIG_HOME or ~/.config
	inApplicationData base = "application data" // of the system
	inZedConfig       base = "zed"
	inCodexHome       base = "codex"
	inCopilotHome     base = "copilot"
	inGeminiHome      base = "gemini"
)

// Machine is where a host's files are.
type Machine struct {
	System  string // as runtime.GOOS
	Project string // the directory in which the host is started
	Home    string
	Getenv  func(name string) string
	// LookPath finds a program; nil means exec.LookPath.
	LookPath func(name string) (string, error)
}

// IsProject reports whether the file belongs to a project, and not to the user.
func (p Place) IsProject() bool { return p.base == inProject }

// In returns the path on a machine.
func (p Place) In(m Machine) string {
	if p.alternative != "" {
		path := filepath.Join(m.dir(p.base), filepath.FromSlash(p.alternative))
		if _, err := os.Lstat(path); err == nil {
			return path
		}
	}
	return filepath.Join(m.dir(p.base), filepath.FromSlash(p.path))
}

// String returns the path as a person knows it on every system.
func (p Place) String() string {
	switch p.base {
	case inProject:
		return p.path + " in the project's directory"
	case inHome, inGeminiHome:
		return "~/" + p.path
	case inConfig:
		return "~/.config/" + p.path
	case inZedConfig:
		return "Zed's " + p.path
	case inCodexHome:
		return "~/.codex/" + p.path
	case inCopilotHome:
		return "~/.copilot/" + p.path
	}
	return filepath.Base(p.path)
}

// dir returns the path of a base.
func (m Machine) dir(b base) string {
	inHomeOr := func(name string, elements ...string) string {
		if dir := m.Getenv(name); name != "" && filepath.IsAbs(dir) {
			return dir
		}
		return filepath.Join(append([]string{m.Home}, elements...)...)
	}
	switch b {
	case inProject:
		return m.Project
	case inConfig:
		return inHomeOr("XDG_CONFIG_HOME", ".config")
	case inCodexHome:
		return inHomeOr("CODEX_HOME", ".codex")
	case inCopilotHome:
		return inHomeOr("COPILOT_HOME", ".copilot")
	case inGeminiHome:
		return inHomeOr("GEMINI_CLI_HOME")
	case inZedConfig:
		switch m.System {
		case "windows":
			return filepath.Join(inHomeOr("APPDATA", "AppData", "Roaming"), "Zed")
		case "darwin":
			return filepath.Join(m.Home, ".config", "zed")
		}
		return filepath.Join(inHomeOr("XDG_CONFIG_HOME", ".config"), "zed")
	case inApplicationData:
		switch m.System {
		case "windows":
			return inHomeOr("APPDATA", "AppData", "Roaming")
		case "darwin":
			return filepath.Join(m.Home, "Library", "Application Support")
		}
		return inHomeOr("XDG_CONFIG_HOME", ".config")
	}
	return m.Home
}

// Trace returns the program or the directory by which a host is found on a machine; ""
// if there is none.
func (h Host) Trace(m Machine) string {
	look := m.LookPath
	if look == nil {
		look = exec.LookPath
	}
	for _, name := range h.programs {
		if path, err := look(name); err == nil {
			return path
		}
	}
	for _, p := range h.traces {
		if info, err := os.Stat(p.In(m)); err == nil && info.IsDir() {
			return p.In(m)
		}
	}
	return ""
}
