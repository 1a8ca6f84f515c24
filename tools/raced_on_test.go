//go:build race

package tools_test

// isRaced reports whether the race detector is on. It makes work several times as slow.
const isRaced = true
