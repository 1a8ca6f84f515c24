package cli

import (
	"fmt"

	"realmconf/schema/tree"
)

// printPlaces prints the reply to a search: for each place its pointer, with its
// type and value, and its description.
func (s *Session) printPlaces(reply tree.Object) {
	places, _ := reply["places"].([]any)
	if len(places) == 0 {
		s.message("nothing is about %q: try other words; realmconf schema lists the sections", reply["query"])
		return
	}
	for _, p := range places {
		place, _ := p.(tree.Object)
		if risk, has := place["risk"]; has {
			place["x-risk"] = risk
		}
		text := summarizeSchema(place)
		if required, has := place["required"].([]any); has {
			names := make([]string, 0, len(required))
			for _, name := range required {
				names = append(names, fmt.Sprint(name))
			}
			text += ", needs " + tree.JoinWords(names, "and", len(names))
		}
		if value, has := place["value"]; has {
			text += ", now " + string(tree.Append(nil, value))
		}
		s.printWrapped(bold, oneLine(fmt.Sprint(place["path"])), continued)
		s.printWrapped("", "  "+oneLine(text), continued)
		if description, ok := place["description"].(string); ok {
			s.printWrapped("", "  "+oneLine(description), "  ")
		}
	}
	if more := toUint64(reply["more"]); more > 0 {
		s.hint("%d more: use other words to see them", more)
	}
}
