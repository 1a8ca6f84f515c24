package policy

import (
	"fmt"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// dropFault is the refusal of a write that drops what it does not name.
func dropFault(drops []drop, generation uint64) error {
	shown := make([]any, 0, len(drops))
	for _, d := range drops {
		o := tree.Object{"path": d.path.String()}
		if d.entries != nil {
			entries := make([]any, len(d.entries))
			for i, e := range d.entries {
				entries[i] = e
			}
			o["entries"] = entries
		}
		shown = append(shown, o)
	}
	text := droppedKeys(drops)
	if drops[0].entries != nil {
		text = droppedEntries(drops)
	}
	return fault.New(fault.WouldDrop, "%s; nothing was written", text).With("drops", shown).With("generation", generation)
}

// droppedKeys is the text of a refusal that begins with the keys.
func droppedKeys(drops []drop) string {
	const most = 3
	var keys []string
	for _, d := range drops {
		if d.entries == nil {
			keys = append(keys, Place(d.path))
		}
	}
	it := "it"
	if len(keys) > 1 {
		it = "them"
	}
	return fmt.Sprintf("%s would go, because your call leaves %s out: name only what you change, with config_patch; to let %s go, give null or name %s in allow_drop",
		tree.JoinWords(keys, "and", most), it, it, it)
}

// droppedEntries is the text of a refusal that begins with a list.
func droppedEntries(drops []drop) string {
	const most = 5
	first := drops[0]
	names := make([]string, len(first.entries))
	for i, name := range first.entries {
		names[i] = jsonQuote(name)
	}
	exist := "which exist"
	if len(names) == 1 {
		exist = "which exists"
	}
	at := Place(first.path)
	text := fmt.Sprintf("%s: your list lacks %s, %s; append with operations and %s/-, change one with %s/0/…, or name %s in allow_drop to let them go",
		at, tree.JoinWords(names, "and", most), exist, at, at, at)
	if first.index != "" {
		remove := tree.Append(nil, tree.Object{"op": "remove", "path": first.path.Child(first.index).String()})
		text = fmt.Sprintf("%s: your list lacks %s, %s; to remove one, give operations %s; append with %s/-; or name %s in allow_drop to let them go",
			at, tree.JoinWords(names, "and", most), exist, "["+string(remove)+"]", at, at)
	}
	if len(drops) > 1 {
		text += fmt.Sprintf(" (and %d more, in drops)", len(drops)-1)
	}
	return text
}
