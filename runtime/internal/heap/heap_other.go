//go:build !linux

package heap

const hasHugePages = false

func adviseHugePages([]byte) {}
