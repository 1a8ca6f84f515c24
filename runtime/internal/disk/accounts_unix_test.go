//go:build unix

package disk

import (
	"io/fs"
	"strings"
	"testing"
)

func TestIsOwn(t *testing.T) {
	private := func(gid, uid uint32) bool { return gid == 7 }
	for _, tt := range []struct {
		e    entry
		want bool
	}{
		{dir(1000, 0o755, 50), true},
		{dir(0, 0o755, 50), true},
		{dir(2000, 0o755, 50), false},
		{dir(1000, 0o775, 50), false},
		{dir(1000, 0o775, 7), true},
		{dir(0, 0o775, 7), true},
		{dir(1000, 0o757, 7), false},
		{dir(0, fs.ModeSticky|0o777, 7), false},
		{link(1000, "x"), true},
		{link(2000, "x"), false},
	} {
		if got := isOwn(tt.e, 1000, private); got != tt.want {
			t.Errorf("%+v: got %v, want %v", tt.e, got, tt.want)
		}
	}
}

func TestIsPrivateGroup(t *testing.T) {
	const users = "root:x:0:0:root:/root:/bin/sh\nme:x:1000:1000::/home/me:/bin/sh\nyou:x:2000:100::/home/you:/bin/sh\nus:x:3000:100::/home/us:/bin/sh\n"
	const groups = "root:x:0:\nme:x:1000:\nusers:x:100:\nmine:x:60:me\nboth:x:61:me,root\nours:x:62:me,you\nempty:x:63:\nodd:x:64:me,nobody-listed\n"
	for _, tt := range []struct {
		gid, uid uint32
		want     bool
	}{
		{1000, 1000, true},  // the user's primary group
		{60, 1000, true},    // the user alone
		{61, 1000, true},    // with root
		{62, 1000, false},   // with another user
		{100, 2000, false},  // the primary group of two
		{63, 1000, false},   // a group without members
		{64, 1000, false},   // with a user who is listed elsewhere
		{70, 1000, false},   // listed elsewhere
		{0, 1000, false},    // root's: the user is no member
		{0, 0, true},        // root's, for root
		{1000, 2000, false}, // another user's
	} {
		if got := isPrivateGroup(strings.NewReader(groups), strings.NewReader(users), tt.gid, tt.uid); got != tt.want {
			t.Errorf("group %d for user %d: got %v, want %v", tt.gid, tt.uid, got, tt.want)
		}
	}
}
