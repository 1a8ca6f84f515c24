//go:build unix && !linux && !darwin

package disk

import (
	"errors"
	"time"
)

// Exchange is unsupported on these systems.
func (OS) Exchange(a, b string) error { return errors.ErrUnsupported }

// RenameNoReplace is unsupported on these systems.
func (OS) RenameNoReplace(from, to string) error { return errors.ErrUnsupported }

// searchOnly has no effect here.
const searchOnly = 0

// IsAppendOnly is always false.
func IsAppendOnly(string) bool { return false }

// isKernelFS is always false.
func isKernelFS(string) bool { return false }

// StartSync does nothing.
func (OS) StartSync(File) {}

// IsLocal is always false: no unread file is trusted.
func (OS) IsLocal(string) bool { return false }

// copyAttributes does nothing.
func (OS) copyAttributes(fd int, from string, grants bool) {}

// BootTime is zero: it is unknown when the machine was started.
func BootTime() time.Time { return time.Time{} }
