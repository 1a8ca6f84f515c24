package review

import (
	"bufio"
	"os"
	"strconv"
	"strings"
)

// homeOf returns the home directory of a user in /etc/passwd, "" if it has none.
// Package os/user would read the same file, and make the program's start longer.
func homeOf(uid int) string {
	file, err := os.Open("/etc/passwd")
	if err != nil {
		return ""
	}
	defer file.Close()
	want := strconv.Itoa(uid)
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if fields := strings.Split(lines.Text(), ":"); len(fields) >= 7 && fields[2] == want {
			return fields[5]
		}
	}
	return ""
}
