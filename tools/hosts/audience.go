package hosts

// Audience says for whom settings are, for a person who chooses a place.
type Audience string

const (
	forProject       Audience = "for all who use this project's files"
	forUser          Audience = "for you, in all projects"
	forUserInProject Audience = "for you, in this project only"
)

// IsUser reports whether the settings hold for the user in all projects.
func (a Audience) IsUser() bool { return a == forUser }

// Audience returns for whom the settings at a place are.
func (p Place) Audience() Audience {
	if p.IsProject() {
		return forProject
	}
	return forUser
}

// AddsFor returns for whom the host's own command adds a server.
func (h Host) AddsFor() Audience { return h.addsFor }
