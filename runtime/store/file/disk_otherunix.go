//go:build unix && !linux && !darwin

package file

import (
	"errors"
	"time"
)

// These systems exchange nothing in one step; the store has a way without it.

func (disk) Exchange(a, b string) error { return errors.ErrUnsupported }

func (disk) Place(from, to string) error { return errors.ErrUnsupported }

// StartSync has nothing to begin with.
func (disk) StartSync(handle) {}

// Local is false: nothing is trusted unread.
func (disk) Local(string) bool { return false }

func copyAttributes(fd int, from string) {}

func bootTime() time.Time { return time.Time{} }
