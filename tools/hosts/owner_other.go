//go:build !unix

package hosts

import "io/fs"

// otherOwner returns no other owner: elsewhere, access follows the directory and not an
// owner.
func otherOwner(fs.FileInfo) (uid, gid int, isOther bool) { return 0, 0, false }
