package cli

import "context"

// await is the result of f, which waits for something that no context ends,
// such as a person at the keyboard. When ctx ends first, f is left behind: the
// command ends then, and the program with it.
func await[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	came := make(chan result, 1)
	go func() {
		value, err := f()
		came <- result{value, err}
	}()
	select {
	case r := <-came:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}
