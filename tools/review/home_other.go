//go:build !linux

package review

import (
	"os/user"
	"strconv"
)

// homeOf returns the home directory of a user in the system's list, "" if it has none.
func homeOf(uid int) string {
	u, err := user.LookupId(strconv.Itoa(uid))
	if err != nil {
		return ""
	}
	return u.HomeDir
}
