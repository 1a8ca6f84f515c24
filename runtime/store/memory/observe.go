package memory

import (
	"context"

	"realmconf/runtime/store"
)

var _ store.Relative = (*Store)(nil)

// Observe is Load: nobody else changes the texts.
func (s *Store) Observe(ctx context.Context) (store.State, error) { return s.Load(ctx) }
