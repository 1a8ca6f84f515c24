//go:build !unix

package hosts

import "io/fs"

// ownerOf returns no other owner: elsewhere, access follows the directory and not an
// owner.
func ownerOf(fs.FileInfo) (uid, gid int, isOther bool) { return 0, 0, false }
