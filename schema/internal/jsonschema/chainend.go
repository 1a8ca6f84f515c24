package jsonschema

// shortenChains lets each schema that does nothing but refer to another one lead to the
// end of the chain at once, so that a check needs neither time nor depth for it.
func (d *Document) shortenChains() {
	for _, s := range d.schemas {
		if s.Ref == nil || s.end != nil {
			continue
		}
		chain, end := []*Schema{s}, s.Ref
		for s.end = end; end.isReference() && end.resource == end.Ref.resource; {
			if end.end != nil { // known, or one of this chain, which then is a circle
				end = end.end
				break
			}
			chain = append(chain, end)
			end.end = end.Ref
			end = end.Ref
		}
		for _, s := range chain {
			s.end = end
		}
	}
}

// isReference reports whether a schema has no effect on a value but by its reference.
func (s *Schema) isReference() bool {
	if s.Ref == nil || s.Dynamic != nil {
		return false
	}
	if s.hidesSiblings {
		return true
	}
	for keyword := range s.Source {
		switch keyword {
		case "$ref", "$defs", "definitions", "$comment", "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly":
		default:
			return false
		}
	}
	return true
}
