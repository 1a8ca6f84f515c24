//go:build unix

package realm

import "path/filepath"

// canonical is realpath(3): the path of an existing file, absolute and without
// symbolic links.
func canonical(path string) (string, error) { return filepath.EvalSymlinks(path) }
