package document

import "bytes"

// Reasons of mistakes that a grammar cannot name: each has one cause, and advice of
// its own.
const (
	reasonMerge = "a merge has left its marks here: keep one of the two versions between <<<<<<< and >>>>>>>, and remove the three marks"
	reasonNUL   = "NUL bytes are here, which a crash or a full disk may have left: remove them, or go back to an earlier text"
	reasonPath  = "a backslash begins an escape in this string: put the path in single quotes, or double each backslash"
)

// mergeMarks are the beginnings of the lines that git and diff3 write around the
// versions that they could not merge.
var mergeMarks = []string{"<<<<<<<", "|||||||", "=======", ">>>>>>>"}

// specialReason returns the reason of a mistake at an offset whose cause the text
// around it shows, "" if it shows none.
func specialReason(text []byte, at int) string {
	at = min(max(at, 0), len(text))
	if at < len(text) && text[at] == 0 {
		return reasonNUL
	}
	start := bytes.LastIndexByte(text[:at], '\n') + 1
	line := text[start:]
	if end := bytes.IndexByte(line, '\n'); end >= 0 {
		line = line[:end]
	}
	for _, mark := range mergeMarks {
		if bytes.HasPrefix(line, []byte(mark)) {
			return reasonMerge
		}
	}
	if isWindowsPath(line, at-start) {
		return reasonPath
	}
	return ""
}

// isWindowsPath reports whether an offset in a line is at or behind a backslash of a
// string in double quotes that begins like a path of Windows: "C:\ or "\\.
func isWindowsPath(line []byte, at int) bool {
	quote := bytes.LastIndexByte(line[:min(at, len(line))], '"')
	if quote < 0 {
		return false
	}
	path := line[quote+1:]
	hasDrive := len(path) > 2 && path[1] == ':' && 'a' <= path[0]|0x20 && path[0]|0x20 <= 'z'
	if hasDrive {
		path = path[1:]
	}
	return len(path) > 2 && path[1] == '\\' && path[2] != '\\' && (hasDrive || path[0] == '\\')
}
