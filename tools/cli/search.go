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
		place["x-risk"] = place["risk"]
		if place["risk"] == nil {
			delete(place, "x-risk")
		} else if classes, ok := place["risk"].([]any); ok {
			names := make([]string, 0, len(classes))
			for _, class := range classes {
				names = append(names, fmt.Sprint(class))
			}
			place["x-risk"] = tree.JoinWords(names, "and", len(names))
		}
		text := summarizeSchema(place)
		if value, has := place["value"]; has {
			text += ", now " + string(tree.Append(nil, value))
		}
		s.print("%s  %s\n", s.Terminal.paint(bold, fmt.Sprint(place["path"])), oneLine(text))
		if description, ok := place["description"].(string); ok {
			s.print("  %s\n", oneLine(description))
		}
	}
	if more := toUint64(reply["more"]); more > 0 {
		s.hint("%d more: use other words to see them", more)
	}
}
