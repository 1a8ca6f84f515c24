package tools

import (
	"encoding/json"
	"maps"
	"slices"
	"sort"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// pages is a value that can be read in parts: a text by its characters, a list by its
// entries, an object by its members, which are sorted by name.
type pages struct {
	runes   []rune
	list    []any
	members tree.Object
	names   []string
	unit    string // of what length counts
	length  int
}

// pagesOf returns the pages of a value, and false for a value that has no parts.
func pagesOf(value any) (pages, bool) {
	if raw, isRaw := value.(json.RawMessage); isRaw {
		value, _ = tree.DecodeUnlimited(raw) // it was written by this program
	}
	switch v := value.(type) {
	case string:
		runes := []rune(v)
		return pages{runes: runes, unit: "characters", length: len(runes)}, true
	case []any:
		return pages{list: v, unit: "entries", length: len(v)}, true
	case map[string]any:
		return pages{members: v, names: slices.Sorted(maps.Keys(v)), unit: "members", length: len(v)}, true
	}
	return pages{}, false
}

// part returns the part from one position up to another one.
func (p pages) part(from, to int) any {
	switch {
	case p.members != nil:
		part := make(tree.Object, to-from)
		for _, name := range p.names[from:to] {
			part[name] = p.members[name]
		}
		return part
	case p.list != nil:
		return p.list[from:to]
	}
	return string(p.runes[from:to])
}

// first returns the place of the first entry or member, which is at an offset of the
// whole.
func (p pages) first(at tree.Pointer, offset int) tree.Pointer {
	if p.members != nil {
		return at.Child(p.names[0])
	}
	return at.Index(offset)
}

// isPaged reports whether a read is one of a part of a value, by its position.
func isPaged(params tree.Object) bool { return params["offset"] != nil || params["limit"] != nil }

// startPages replaces the value of a reply by its part from params' offset on, of at
// most params' limit, and tells its length.
func startPages(reply, params tree.Object) error {
	if !isPaged(params) {
		return nil
	}
	name := "value"
	if _, exists := reply[name]; !exists {
		name = "config"
	}
	offset := uint64(0)
	if n := number(params["offset"]); n != nil {
		offset = *n
	}
	p, ok := pagesOf(reply[name])
	switch {
	case !ok:
		given := "offset"
		if params[given] == nil {
			given = "limit"
		}
		return fault.New(fault.InvalidParams, "%s is for texts, lists and objects, and %s is %s: leave it out", given, policy.Place(pathParameter(params)), tree.WithArticle(tree.TypeName(reply[name]))).
			With("path", "/"+given)
	case offset > uint64(p.length):
		return fault.New(fault.InvalidParams, "offset is %d, and %s has %d %s: give a lower one", offset, policy.Place(pathParameter(params)), p.length, p.unit).
			With("path", "/offset")
	}
	end := p.length
	if n := number(params["limit"]); n != nil && *n < uint64(p.length)-offset {
		end = int(offset + *n)
		reply["next_offset"] = end
	}
	reply[name] = p.part(int(offset), end)
	reply["offset"], reply["length"] = offset, p.length
	return nil
}

// encodePage encodes the reply to a read that startPages began: as much as fits, at
// least one entry. next_offset continues.
func encodePage(reply, params tree.Object) (json.RawMessage, error) {
	name := "value"
	if _, exists := reply[name]; !exists {
		name = "config"
	}
	offset, length := int(reply["offset"].(uint64)), reply["length"].(int)
	rest, _ := pagesOf(reply[name])
	page := maps.Clone(reply)
	text := func(count int) json.RawMessage {
		delete(page, "next_offset")
		if offset+count < length {
			page["next_offset"] = offset + count
		}
		page[name] = rest.part(0, count)
		return tree.Append(nil, page)
	}
	count := sort.Search(rest.length, func(n int) bool { return !toolLimit.fits(text(n + 1)) })
	if count == 0 && rest.length > 0 {
		at := rest.first(pathParameter(params), offset)
		return nil, fault.New(fault.TooLarge, "%s alone is too long: read it with this path; offset %d continues after it", at, offset+1).
			With("path", at.String()).With("bytes", toolLimit.sent(text(1))).With("limit", MaxResult).With("next_offset", offset+1)
	}
	return text(count), nil
}

// pathParameter returns the path of checked parameters.
func pathParameter(params tree.Object) tree.Pointer {
	text, _ := params["path"].(string)
	path, err := tree.ParsePointer(text)
	if err != nil {
		return nil // unexpected: it was parsed before
	}
	return path
}
