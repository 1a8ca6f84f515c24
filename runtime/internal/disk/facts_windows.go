package disk

import (
	"io/fs"
	"math"
	"os"
)

// Owner is unknown: Windows has access control lists instead.
func Owner(fs.FileInfo) (uid, gid uint32, ok bool) { return 0, 0, false }

// LinkCount is 0: the number of a file's names is not in its info.
func LinkCount(fs.FileInfo) uint64 { return 0 }

// IsUnchangeable is always false.
func IsUnchangeable(string) bool { return false }

// IsAppendOnly is always false.
func IsAppendOnly(string) bool { return false }

// MaxFileSize is unlimited.
func MaxFileSize() uint64 { return math.MaxUint64 }

// IsMountPoint is always false: only directories are mounted.
func IsMountPoint(string) bool { return false }

// isSameFile is os.SameFile.
func isSameFile(a, b fs.FileInfo) bool { return os.SameFile(a, b) }
