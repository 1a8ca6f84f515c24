package tools

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
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
// there, and config_omitted is true. Each member and each entry of a list is encoded
// once, and again only if a step changes it.
type reduction struct {
	members tree.Object           // the values that are not in parts
	room    int                   // bytes
	size    func(text []byte) int // how JSON is counted; the size of two texts is the sum of theirs

	parts map[string]*part
}

// part is a member of the object as JSON: a list, or any other value.
type part struct {
	whole   any // as it was given; nil if a step has changed it
	text    json.RawMessage
	entries []json.RawMessage // of a list, in the place of text
	isList  bool
	omitted int // entries of a list that are not there
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
	r.split()
	for _, step := range []func(){
		func() { r.cutWarnings(r.room / 8) },
		r.omitConfig,
		func() { r.sizeValues(maxValue) },
		func() { r.clipTexts(10 * shortText) },
		func() { r.sizeValues(shortText) },
		func() { r.clipTexts(shortText) },
		r.cutLists,
	} {
		if step(); r.total() <= r.room {
			break
		}
	}
	r.join()
	return tree.Append(nil, r.members)
}

// split encodes the members.
func (r *reduction) split() {
	r.parts = make(map[string]*part, len(r.members))
	for name, v := range r.members {
		r.parts[name] = newPart(v)
	}
	for name, p := range r.parts {
		if before := r.parts[name+omittedSuffix]; p.isList && before != nil {
			p.omitted, _ = strconv.Atoi(string(before.text))
			delete(r.parts, name+omittedSuffix)
		}
	}
}

// omittedSuffix ends the name of the member that counts what a list lacks.
const omittedSuffix = "_omitted"

func newPart(v any) *part {
	text := tree.Append(nil, v)
	elements, err := tree.Elements(text)
	if err != nil {
		return &part{whole: v, text: text}
	}
	p := &part{whole: v, isList: true, entries: make([]json.RawMessage, len(elements))}
	for i, e := range elements {
		p.entries[i] = e.Value
	}
	return p
}

// join makes the members of the parts.
func (r *reduction) join() {
	r.members = make(tree.Object, len(r.parts))
	for name, p := range r.parts {
		r.members[name] = p.value()
		if p.omitted > 0 {
			r.members[name+omittedSuffix] = p.omitted
		}
	}
}

// value returns the part, or its JSON if a step has changed it.
func (p *part) value() any {
	switch {
	case p.whole != nil:
		return p.whole
	case !p.isList:
		return p.text
	}
	text := []byte{'['}
	for i, e := range p.entries {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(text, e...)
	}
	return json.RawMessage(append(text, ']'))
}

// total returns the size of the object.
func (r *reduction) total() int {
	size := r.size([]byte("{}"))
	for name, p := range r.parts {
		size += r.size(tree.Append(nil, name)) + r.size([]byte(":,")) + r.sizeOfPart(p)
		if p.omitted > 0 {
			size += r.size(tree.Append(nil, name+omittedSuffix)) + r.size([]byte(":,")) + r.size(tree.Append(nil, p.omitted))
		}
	}
	return size
}

func (r *reduction) sizeOfPart(p *part) int {
	if p.isList {
		return r.size([]byte("[]")) + r.sizeOf(p.entries)
	}
	return r.size(p.text)
}

// cutWarnings leaves out the warnings for which there is no room.
func (r *reduction) cutWarnings(room int) {
	if p := r.parts["warnings"]; p != nil && p.isList {
		p.cut(r.countFitting(p.entries, room))
	}
}

func (r *reduction) omitConfig() {
	if _, exists := r.parts["config"]; exists {
		delete(r.parts, "config")
		r.parts["config"+omittedSuffix] = &part{text: json.RawMessage("true")}
	}
}

// change replaces what has more than most bytes: values that are no lists, and
// entries of lists. f may change its argument.
func (r *reduction) change(most int, f func(v any, isEntry bool) any) {
	for _, p := range r.parts {
		replace := func(text *json.RawMessage) {
			if len(*text) <= most {
				return
			}
			if v, err := tree.DecodeUnlimited(*text); err == nil {
				*text, p.whole = tree.Append(nil, f(v, p.isList)), nil
			}
		}
		replace(&p.text)
		for i := range p.entries {
			replace(&p.entries[i])
		}
	}
}

// sizeValues puts lengths in the place of the values of changes that have more than
// most bytes.
func (r *reduction) sizeValues(most int) {
	r.change(most, func(v any, isEntry bool) any {
		change, isObject := v.(tree.Object)
		if !isObject || !isEntry {
			return v
		}
		for _, name := range []string{"old", "new"} {
			if size := len(tree.Append(nil, change[name])); size > most {
				delete(change, name)
				change[name+"_bytes"] = size
			}
		}
		if len(tree.Append(nil, change["default"])) > most {
			delete(change, "default")
		}
		return change
	})
}

// clipTexts shortens all texts, and lists inside entries of lists.
func (r *reduction) clipTexts(most int) {
	r.change(most, func(v any, _ bool) any { return clipped(v, most) })
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
				v[name+omittedSuffix] = len(list) - maxInEntry
				v[name] = list[:maxInEntry]
			}
			v[name] = clipped(v[name], most)
		}
	}
	return v
}

// cutLists leaves out the ends of the lists, of which the strongest entries come
// first. Each list gets the same room, and those that need less leave the rest to
// the others.
func (r *reduction) cutLists() {
	type list struct {
		name string
		*part
		size int
	}
	var lists []list
	left := r.room - r.total()
	for name, p := range r.parts {
		if p.isList {
			size := r.sizeOf(p.entries)
			lists = append(lists, list{name, p, size})
			most := tree.Append(nil, p.omitted+len(p.entries))
			left += size - r.size(tree.Append(nil, name+omittedSuffix)) - r.size([]byte(":,")) - r.size(most)
		}
	}
	slices.SortFunc(lists, func(a, b list) int { return cmp.Or(a.size-b.size, cmp.Compare(a.name, b.name)) })
	for i, l := range lists {
		if l.size > left/(len(lists)-i) {
			sortByStrength(l.entries)
			l.cut(r.countFitting(l.entries, left/(len(lists)-i)))
		}
		left -= r.sizeOf(l.entries)
	}
}

// cut keeps the first entries of a list.
func (p *part) cut(count int) {
	if count < len(p.entries) {
		p.omitted += len(p.entries) - count
		p.entries, p.whole = p.entries[:count], nil
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

// entriesOf returns the entries of a list as JSON.
func entriesOf(list any) []json.RawMessage { return newPart(list).entries }

// sortByStrength puts the strongest entries first: of fields those with the
// strongest class, and of an allowance its classes, which are short and cover
// everything.
func sortByStrength(entries []json.RawMessage) {
	ranks := make(map[*byte]int)
	for _, e := range entries {
		if e[0] == '"' || bytes.Contains(e, []byte(`"risk"`)) {
			if v, err := tree.DecodeUnlimited(e); err == nil {
				ranks[&e[0]] = strength(v)
			}
		}
	}
	if len(ranks) > 0 {
		slices.SortStableFunc(entries, func(a, b json.RawMessage) int { return ranks[&b[0]] - ranks[&a[0]] })
	}
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

// strongest returns the rank of the strongest one of some risk classes.
func strongest(risk any) int {
	rank := 0
	classes, _ := risk.([]any)
	for _, class := range classes {
		name, _ := class.(string)
		rank = max(rank, slices.Index(schema.Risks(), schema.Risk(name)))
	}
	return rank
}
