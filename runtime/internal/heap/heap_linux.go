package heap

import "golang.org/x/sys/unix"

const hasHugePages = true

// adviseHugePages asks for huge pages. A system without them refuses, which does no
// harm.
func adviseHugePages(memory []byte) { _ = unix.Madvise(memory, unix.MADV_HUGEPAGE) }
