package tree

import "encoding/json"

// Element is one entry of a list, in its own bytes.
type Element struct {
	Value  json.RawMessage // a part of the input, without spaces around it
	Offset int             // of Value
}

// Elements splits one JSON list into its entries without decoding them. It
// checks what Members checks.
func Elements(data []byte) ([]Element, error) {
	d := decoder{data: data}
	d.space()
	if d.peek() != '[' {
		v, err := Decode(data)
		if err != nil {
			return nil, err
		}
		return nil, d.fail(Shape, d.pos, "a list is needed here, not "+WithArticle(TypeName(v)))
	}
	if err := d.enter(); err != nil {
		return nil, err
	}
	elements := []Element{}
	d.space()
	for d.peek() != ']' {
		if len(elements) > 0 {
			if d.peek() != ',' {
				return nil, d.malformed("\",\" or \"]\" is needed here")
			}
			d.pos++
			d.space()
		}
		start := d.pos
		if _, err := d.value(); err != nil {
			return nil, inEntry(err, len(elements))
		}
		elements = append(elements, Element{Value: d.data[start:d.pos:d.pos], Offset: start})
		d.space()
	}
	d.leave()
	return elements, d.end()
}
