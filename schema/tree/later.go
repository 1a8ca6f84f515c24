package tree

import "encoding/json"

// When is when a member's value is decoded.
type When int

const (
	// Now is to decode the value, and to ask for the members in it again.
	Now When = iota
	// Later leaves an object or an array as it is written, as a json.RawMessage.
	Later
	// Whole is to decode the value and all that is in it.
	Whole
)

// DecodeLater is Decode for text of which only a part will be needed. It asks
// when for each member of each object that it decodes. What it leaves for later
// is checked as far as Members checks.
func DecodeLater(data []byte, when func(name string) When) (any, error) {
	d := decoder{data: data, build: true, when: when}
	v, err := d.document()
	if err != nil {
		return nil, err
	}
	return v, nil
}

// member is the value of the member of that name.
func (d *decoder) member(name []byte) (any, error) {
	if d.when == nil || !d.build {
		return d.value()
	}
	when := d.when
	switch when(string(name)) {
	case Whole:
		d.when = nil
		v, err := d.value()
		d.when = when
		return v, err
	case Later:
		if c := d.peek(); c != '{' && c != '[' {
			return d.value()
		}
		start := d.pos
		d.build = false
		_, err := d.value()
		d.build = true
		return json.RawMessage(d.data[start:d.pos:d.pos]), err
	}
	return d.value()
}
