package cli

import (
	"context"
	"slices"
	"strings"

	"realmconf/schema"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// completeAllow completes the last item of the list that --allow takes: a class, or a
// place by one name. If the place is already complete, it returns those below it.
func completeAllow(ctx context.Context, s *Session, text string) []candidate {
	before, item := policy.CutLastItem(text)
	var items []string
	if !strings.HasPrefix(item, "/") {
		for _, class := range schema.Risks() {
			if class != schema.RiskNone {
				items = append(items, string(class))
			}
		}
		slices.Reverse(items)
	}
	if item == "" || item[0] == '/' {
		items = append(items, s.allowPlaces(ctx, item)...)
	}
	for i := range items {
		items[i] = before + items[i]
	}
	return wordCandidates(items...)
}

// allowPlaces returns the places that begin with a text.
func (s *Session) allowPlaces(ctx context.Context, text string) []string {
	var config tree.Object // a realm that cannot be read has no entries to complete
	if snapshot, err := s.Runtime.Get(ctx); err == nil {
		config = snapshot.Shown()
	}
	find := func(text string) []string {
		return slices.DeleteFunc(policy.CompletePlaces(s.Model, config, text), func(place string) bool { return !strings.HasPrefix(place, text) })
	}
	if text == "" {
		return find("/")
	}
	found := find(text)
	if len(found) == 0 || len(found) == 1 && found[0] == text {
		found = append(found, find(text+"/")...)
	}
	return found
}
