//go:build !race

package realm

const raceFactor = 1
