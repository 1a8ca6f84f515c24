package store

import "context"

// WriteChecker is a Store that can tell, before a write, that it may not write. A
// dry run asks it, so that it is refused for what the write would be refused for.
type WriteChecker interface {
	// CheckWritable returns the fault with which CompareAndSwap would refuse any
	// change of the configuration as it is, or nil. It changes nothing and takes
	// no lock.
	CheckWritable(ctx context.Context) error
}

// CheckWritable asks a store that is a WriteChecker. Any other store can be
// written.
func CheckWritable(ctx context.Context, s Store) error {
	if c, ok := s.(WriteChecker); ok {
		return c.CheckWritable(ctx)
	}
	return nil
}
