package tools

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"realmconf/runtime/fault"
	"realmconf/schema"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

const (
	maxValue   = policy.MaxValue // bytes of a value that stays when long ones do not
	shortText  = 200             // bytes of a text or value in the shortest form
	maxInEntry = 20              // entries of a list inside an entry of a list
)

// reduction makes an object shorter, step by step, until it fits. Each step tells
// what it left out: name_omitted is how many entries of the list name are not
// there, and config_omitted is true.
type reduction struct {
	members tree.Object
	room    int                   // bytes
	size    func(text []byte) int // how JSON is counted
}

// shorten does the steps until the object fits, and returns it as JSON. The
// object that it was given stays as it is. The steps lose more and more:
//
//  1. Warnings, if they are most of it. The next read has them again.
//  2. The configuration, which can be read part by part.
//  3. Long values of changes: their lengths stay.
//  4. The ends of long texts: names and paths that a client or a file made.
//  5. The ends of lists.
func (r *reduction) shorten() json.RawMessage {
	r.members = maps.Clone(r.members)
	for _, step := range []func(){
		func() { r.cutWarnings(r.room / 8) },
		r.omitConfig,
		r.decode,
		func() { r.sizeValues(maxValue) },
		func() { r.clipTexts(10 * shortText) },
		func() { r.sizeValues(shortText) },
		func() { r.clipTexts(shortText) },
		r.cutLists,
	} {
		if step(); r.fits() {
			break
		}
	}
	return tree.Append(nil, r.members)
}

func (r *reduction) fits() bool { return r.size(tree.Append(nil, r.members)) <= r.room }

// cutWarnings leaves out the warnings for which there is no room.
func (r *reduction) cutWarnings(room int) {
	const name = "warnings"
	if warnings, exists := r.members[name]; exists {
		entries := entriesOf(warnings)
		r.cut(name, entries, r.countFitting(entries, room))
	}
}

func (r *reduction) omitConfig() {
	if _, exists := r.members["config"]; exists {
		delete(r.members, "config")
		r.members["config_omitted"] = true
	}
}

// decode turns the members into values that the next steps may change.
func (r *reduction) decode() {
	if decoded, err := tree.DecodeObjectUnlimited(tree.Append(nil, r.members)); err == nil {
		r.members = decoded
	}
}

// sizeValues puts lengths in the place of the values that have more than most
// bytes.
func (r *reduction) sizeValues(most int) {
	for _, list := range r.members {
		entries, _ := list.([]any)
		for _, entry := range entries {
			change, _ := entry.(tree.Object)
			for _, name := range []string{"old", "new"} {
				if size := len(tree.Append(nil, change[name])); size > most {
					delete(change, name)
					change[name+"_bytes"] = size
				}
			}
			if len(tree.Append(nil, change["default"])) > most {
				delete(change, "default")
			}
		}
	}
}

// clipTexts shortens all texts, and lists inside entries of lists.
func (r *reduction) clipTexts(most int) {
	for name, value := range r.members {
		list, isList := value.([]any)
		if !isList {
			r.members[name] = clipped(value, most)
			continue
		}
		for i, entry := range list {
			list[i] = clipped(entry, most)
		}
	}
}

// clipped returns a value with its texts shortened. It may change the value.
func clipped(v any, most int) any {
	switch v := v.(type) {
	case string:
		return fault.ClipMiddle(v, most)
	case []any:
		for i, e := range v {
			v[i] = clipped(e, most)
		}
	case map[string]any:
		for _, name := range slices.Collect(maps.Keys(v)) {
			if list, isList := v[name].([]any); isList && len(list) > maxInEntry {
				v[name+"_omitted"] = len(list) - maxInEntry
				v[name] = list[:maxInEntry]
			}
			v[name] = clipped(v[name], most)
		}
	}
	return v
}

// cutLists leaves out the ends of the lists. Each list gets the same room, and
// those that need less leave the rest to the others.
func (r *reduction) cutLists() {
	type list struct {
		name    string
		entries []json.RawMessage
		size    int
	}
	whole := maps.Clone(r.members)
	var lists []list
	for name, value := range whole {
		if _, isList := value.([]any); isList {
			entries := entriesOf(value)
			lists = append(lists, list{name, entries, r.sizeOf(entries)})
			r.cut(name, entries, 0)
		}
	}
	slices.SortFunc(lists, func(a, b list) int { return cmp.Or(a.size-b.size, cmp.Compare(a.name, b.name)) })
	left := r.room - r.size(tree.Append(nil, r.members))
	for i, l := range lists {
		r.members[l.name] = whole[l.name]
		r.members[l.name+"_omitted"] = whole[l.name+"_omitted"]
		if whole[l.name+"_omitted"] == nil {
			delete(r.members, l.name+"_omitted")
		}
		count := r.countFitting(l.entries, left/(len(lists)-i))
		r.cut(l.name, l.entries, count)
		left -= r.sizeOf(l.entries[:count])
	}
}

// cut keeps the first entries of a list.
func (r *reduction) cut(name string, entries []json.RawMessage, count int) {
	if count < len(entries) {
		before, _ := r.members[name+"_omitted"].(int64)
		r.members[name+"_omitted"] = before + int64(len(entries)-count)
		r.members[name] = entries[:count]
	}
}

// countFitting returns how many entries have room.
func (r *reduction) countFitting(entries []json.RawMessage, room int) int {
	for i := range entries {
		if room -= r.sizeOf(entries[i : i+1]); room < 0 {
			return i
		}
	}
	return len(entries)
}

// sizeOf returns the size of entries with a comma after each.
func (r *reduction) sizeOf(entries []json.RawMessage) int {
	size := 0
	for _, e := range entries {
		size += r.size(e) + r.size([]byte{','})
	}
	return size
}

// entriesOf returns the entries of a list as JSON, the strongest first: of fields
// those with the strongest class, and of an allowance its classes, which are
// short and cover everything.
func entriesOf(list any) []json.RawMessage {
	text := tree.Append(nil, list)
	elements, err := tree.Elements(text)
	if err != nil {
		return nil
	}
	entries := make([]json.RawMessage, len(elements))
	for i, e := range elements {
		entries[i] = e.Value
	}
	if values, isTree := list.([]any); isTree {
		ranks := make(map[*byte]int, len(values))
		for i, v := range values {
			ranks[&entries[i][0]] = strength(v)
		}
		slices.SortStableFunc(entries, func(a, b json.RawMessage) int { return ranks[&b[0]] - ranks[&a[0]] })
	}
	return entries
}

// strength ranks an entry of a list that must be cut. Most have the same rank, and
// keep their order.
func strength(entry any) int {
	switch entry := entry.(type) {
	case string:
		if !strings.HasPrefix(entry, "/") {
			return 1
		}
	case tree.Object:
		return strongest(entry["risk"])
	}
	return 0
}

// strongest returns the rank of a class, or of the strongest of several.
func strongest(risk any) int {
	switch risk := risk.(type) {
	case string:
		return slices.Index(schema.Risks(), schema.Risk(risk))
	case []any:
		rank := 0
		for _, class := range risk {
			rank = max(rank, strongest(class))
		}
		return rank
	}
	return 0
}
