package tree

import (
	"cmp"
	"encoding/json"
	"slices"
)

// Member is one member of an object, with its value in its own bytes.
type Member struct {
	Name   string
	Value  json.RawMessage // a part of the input, without spaces around it
	Offset int             // of Value
}

// Members splits one JSON object into its members without decoding their
// values. It checks everything that Decode checks, except the names and numbers
// inside the values: duplicates and numbers that are too large are found when a
// value is decoded. If the object's own members repeat, all of them are returned
// with the error. If a value is JSON that Decode refuses (nested too deep, a
// single surrogate, not UTF-8), the members beside it are returned with the
// error.
func Members(data []byte) ([]Member, error) { return AppendMembers(nil, data) }

// AppendMembers appends the members to a list without members, which may be nil and need
// not be on the heap. It is Members otherwise.
func AppendMembers(members []Member, data []byte) ([]Member, error) {
	d := decoder{data: data}
	d.space()
	if d.peek() != '{' {
		_, err := DecodeObject(data)
		return nil, err
	}
	var repeated, refused error
	var seen nameSet
	if err := d.enter(); err != nil {
		return nil, err
	}
	for isFirst := true; ; isFirst = false {
		letters, at, more, err := d.member(isFirst)
		if err != nil {
			return nil, cmp.Or(refused, err)
		}
		if !more {
			break
		}
		name := memberName(letters)
		if !seen.add(name) && repeated == nil {
			repeated = inMember(d.duplicate(letters, at), letters)
		}
		start := d.pos
		if _, err := d.value(); err != nil {
			refused = cmp.Or(refused, inMember(err, letters))
			if !d.skip(start) {
				return nil, refused
			}
			continue
		}
		members = append(members, Member{Name: name, Value: d.data[start:d.pos:d.pos], Offset: start})
	}
	if err := d.end(); err != nil {
		return nil, cmp.Or(refused, err)
	}
	return members, cmp.Or(refused, repeated)
}

// memberName returns a name as a string, without an allocation for those that most
// messages of JSON-RPC and MCP have.
func memberName(letters []byte) string {
	for _, name := range [...]string{"jsonrpc", "id", "method", "params", "_meta", "name", "arguments", "path"} {
		if string(letters) == name {
			return name
		}
	}
	return string(letters)
}

// nameSet is a set of names. A few names are compared one by one, which costs less than
// a map.
type nameSet struct {
	few  [8]string
	size int
	many map[string]bool // all names; nil while they are few
}

// add adds a name, and reports whether it is new.
func (s *nameSet) add(name string) bool {
	switch {
	case s.many != nil:
		isNew := !s.many[name]
		s.many[name] = true
		return isNew
	case slices.Contains(s.few[:s.size], name):
		return false
	case s.size < len(s.few):
		s.few[s.size] = name
		s.size++
		return true
	}
	s.many = make(map[string]bool, 2*len(s.few))
	for _, known := range s.few {
		s.many[known] = true
	}
	s.many[name] = true
	return true
}

// skip passes over the member's value at start, which the decoder refused, and
// reports whether it is valid JSON for encoding/json.
func (d *decoder) skip(start int) bool {
	d.pos, d.depth = start, 1
	for open := 0; d.pos < len(d.data); d.pos++ {
		switch d.data[d.pos] {
		case '"':
			for d.pos++; d.pos < len(d.data) && d.data[d.pos] != '"'; d.pos++ {
				if d.data[d.pos] == '\\' {
					d.pos++
				}
			}
		case '{', '[':
			open++
		case ',', '}', ']':
			if open == 0 {
				return json.Valid(d.data[start:d.pos])
			}
			if d.data[d.pos] != ',' {
				open--
			}
		}
	}
	return false
}
