package cli

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// redirect is a file that leads a browser to an address. The browser is opened on the
// file, because other users can see the arguments of a process, and the address has a
// token.
type redirect struct{ directory string }

// newRedirect writes the file, for its user alone.
func newRedirect(address string) (*redirect, error) {
	directory, err := os.MkdirTemp("", "realmconf-review-") // mode 0700
	if err != nil {
		return nil, err
	}
	r := &redirect{directory}
	const form = `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=%[1]s">
<title>Review</title>
<p><a href="%[1]s">Open the review page</a></p>
</html>
`
	if err := os.WriteFile(r.path(), fmt.Appendf(nil, form, address), 0o600); err != nil {
		r.remove()
		return nil, err
	}
	return r, nil
}

func (r *redirect) path() string { return filepath.Join(r.directory, "review.html") }

// remove removes the file. It may be called again.
func (r *redirect) remove() { _ = os.RemoveAll(r.directory) }

// openPage opens the user's browser on a file that leads to an address.
func (s *Session) openPage(address string) (*redirect, error) {
	command, err := opener(runtime.GOOS, s.Getenv)
	if err != nil {
		return nil, err
	}
	path, err := exec.LookPath(command[0])
	if err != nil {
		return nil, err
	}
	r, err := newRedirect(address)
	if err != nil {
		return nil, err
	}
	c := exec.Command(path, append(command[1:], r.path())...)
	if err := c.Start(); err != nil {
		r.remove()
		return nil, err
	}
	go func() { _ = c.Wait() }() // some openers end with the browser
	return r, nil
}

// opener returns the command that opens a file in the user's browser, without the file.
func opener(system string, getenv func(string) string) ([]string, error) {
	switch {
	case system == "windows":
		return []string{"rundll32", "url.dll,FileProtocolHandler"}, nil
	case system == "darwin":
		return []string{"open"}, nil
	case getenv("DISPLAY") == "" && getenv("WAYLAND_DISPLAY") == "":
		return nil, errors.New("there is no display")
	}
	return []string{"xdg-open"}, nil
}
