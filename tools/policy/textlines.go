package policy

import (
	"slices"

	"realmconf/tools/layout"
)

// questionWidth is how wide a line of a difference in a question is. A host may cut
// longer ones.
const questionWidth = 80

// textLines describes the difference of two texts as on a terminal: the lines that
// differ, or the two texts and the place; nil if a reader sees the place at once. Short
// texts are quoted on one line whatever is in them.
func textLines(place, before, after string) []string {
	if max(len(before), len(after)) <= layout.ShortText {
		return nil
	}
	if byLine := layout.DiffLines(before, after); byLine != nil {
		lines := []string{place + ", line by line:"}
		for _, l := range byLine {
			lines = append(lines, signed(l.Sign, l.Text)...)
		}
		return lines
	}
	where := layout.DescribePlace(before, after)
	if where == "" {
		return nil
	}
	return slices.Concat([]string{place + ":"}, signed('-', jsonQuote(before)), signed('+', jsonQuote(after)), signed(' ', where))
}

// signed returns a line with its sign, wrapped. All of its lines are indented, so that
// none looks like one about another place.
func signed(sign byte, text string) []string {
	return layout.Wrap("  "+string(sign)+visible(text), questionWidth, "      ")
}
