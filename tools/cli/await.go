package cli

import "context"

// await returns the result of f, which may wait for something without a context,
// such as a person at the keyboard. If ctx ends first, await returns and f goes on
// in the background until the program ends.
func await[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := f()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var zero T
		return zero, ctx.Err()
	}
}
