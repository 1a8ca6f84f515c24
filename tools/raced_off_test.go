//go:build !race

package tools_test

const isRaced = false
