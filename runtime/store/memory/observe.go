package memory

import (
	"context"

	"realmconf/runtime/store"
)

var _ store.Relative = (*Store)(nil)

// Observe is Load: no other program changes a store in memory.
func (s *Store) Observe(ctx context.Context) (store.State, error) { return s.Load(ctx) }
