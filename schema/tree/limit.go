package tree

import "fmt"

// The limits of one request. They bound its memory and the work that it causes.
const (
	// MaxKeys is the highest number of values in one JSON text that Decode
	// accepts: members of objects and entries of lists are counted alike, at
	// every depth, because each of them costs memory and work, and a list of
	// numbers costs as much as an object. A configuration with every key of every
	// section and a hundred hooks, servers and models has two thirds of it.
	MaxKeys = 10_000

	// MaxOperations is the highest number of operations in one JSON Patch.
	MaxOperations = 1_000
)

// LimitError refuses a request that exceeds MaxKeys or MaxOperations.
type LimitError struct {
	Counted string // what there are too many of, in the plural
	Limit   int
}

// Error names the limit and says what to do.
func (e *LimitError) Error() string {
	return fmt.Sprintf("more than %d %s, which is the limit of one request: split the write into several", e.Limit, e.Counted)
}
