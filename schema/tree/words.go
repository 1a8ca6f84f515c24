package tree

import (
	"fmt"
	"strings"
)

// JoinWords writes a list as a part of a sentence, with a conjunction before
// its last item: "a", "a and b", "a, b and c". If there are more than limit
// items, it gives that many and the number of the others: "a, b and 3 more".
func JoinWords(items []string, conjunction string, limit int) string {
	last := len(items) - 1
	switch {
	case len(items) > limit:
		return fmt.Sprintf("%s %s %d more", strings.Join(items[:limit], ", "), conjunction, len(items)-limit)
	case last < 1:
		return strings.Join(items, "")
	}
	return strings.Join(items[:last], ", ") + " " + conjunction + " " + items[last]
}
