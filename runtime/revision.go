package runtime

import (
	"context"
	"errors"

	"realmconf.io/realmconf/runtime/document"
	"realmconf.io/realmconf/runtime/store"
)

// Revision is a generation out of the history.
type Revision struct {
	Record   store.Record
	Snapshot *Snapshot             // nil when its text is not TOML
	Syntax   *document.SyntaxError // why
}

// Revision reads one generation of the history. One that never was, or is no
// longer kept, is a not_found fault.
func (r *Runtime) Revision(ctx context.Context, generation uint64) (*Revision, error) {
	s, err := r.opened(ctx)
	if err != nil {
		return nil, err
	}
	record, err := s.Record(ctx, generation)
	if err != nil {
		return nil, err
	}
	v := &Revision{Record: record}
	doc, err := document.Parse(record.Text)
	switch {
	case errors.As(err, &v.Syntax):
		return v, nil
	case err != nil:
		return nil, err
	}
	v.Snapshot = newSnapshot(doc, record.Version, s.Metadata(), r.model)
	return v, nil
}

// Generations lists the numbers that the history has, newest first, at most
// limit of them.
func (r *Runtime) Generations(ctx context.Context, limit int) ([]uint64, error) {
	s, err := r.opened(ctx)
	if err != nil {
		return nil, err
	}
	records, err := s.List(ctx, 0, limit)
	if err != nil {
		return nil, err
	}
	numbers := make([]uint64, 0, len(records))
	for _, record := range records {
		numbers = append(numbers, record.Generation)
	}
	return numbers, nil
}
