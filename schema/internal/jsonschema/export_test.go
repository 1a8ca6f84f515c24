package jsonschema

// FindWithin is Find with a limit of steps.
func (d *Document) FindWithin(steps int, v any, found func(Violation)) { d.find(v, steps, found) }
