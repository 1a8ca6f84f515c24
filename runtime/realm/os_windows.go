package realm

import "golang.org/x/sys/windows"

// canonical is the final path of an existing file as the system has it, in the
// verbatim form \\?\C:\…, because workspace ids are derived from that.
func canonical(path string) (string, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return "", err
	}
	h, err := windows.CreateFile(name, 0,
		windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE,
		nil, windows.OPEN_EXISTING, windows.FILE_FLAG_BACKUP_SEMANTICS, 0)
	if err != nil {
		return "", err
	}
	defer windows.CloseHandle(h)
	const dosName = 0 // FILE_NAME_NORMALIZED | VOLUME_NAME_DOS
	for buf := make([]uint16, 512); ; {
		n, err := windows.GetFinalPathNameByHandle(h, &buf[0], uint32(len(buf)), dosName)
		if err != nil {
			return "", err
		}
		if int(n) < len(buf) {
			return windows.UTF16ToString(buf[:n]), nil
		}
		buf = make([]uint16, n+1)
	}
}
