package review

import "golang.org/x/sys/unix"

// maxPath is how long the path of a socket may be, in bytes.
const maxPath = 107

// uidAt returns the user of the process at the other end of a socket.
func uidAt(fd int) (int, error) {
	peer, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil {
		return 0, err
	}
	return int(peer.Uid), nil
}
