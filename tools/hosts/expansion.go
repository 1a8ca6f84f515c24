package hosts

import (
	"strings"

	"realmconf/runtime/fault"
)

// CheckWords refuses a command that would be another one in the settings: a host expands
// what it takes for a variable. A variable in braces is refused for all hosts, as by the
// server, which takes it for one that a host was to expand.
func (h Host) CheckWords(s Server) error {
	for _, word := range s.words() {
		for _, sign := range append([]string{"${"}, h.expands...) {
			if text := word.(string); strings.Contains(text, sign) {
				return fault.New(fault.InvalidConfig, "%q has %s, which %s takes for a variable in its settings: use a directory with another name", text, sign, h.Title)
			}
		}
	}
	return nil
}
