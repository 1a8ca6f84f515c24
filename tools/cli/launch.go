package cli

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"realmconf/runtime/fault"
)

// launch is how another program starts this one, now and after an upgrade.
type launch struct {
	executable string                            // the file that runs
	argument   string                            // by which it was started
	lookPath   func(name string) (string, error) // finds a program
}

// currentLaunch returns the launch of this process.
func currentLaunch() (launch, error) {
	executable, err := os.Executable()
	if err != nil {
		return launch{}, fault.FromOS("find this program", err)
	}
	return launch{executable, os.Args[0], exec.LookPath}, nil
}

// words returns the program and its first arguments. A link on the way to the file stays
// in the path: package managers let it lead to another file after an upgrade. A file in
// the cache of npx has the package's version in the command instead of its path, and one
// that go run removes at its end is refused.
func (l launch) words() ([]string, error) {
	if v := l.npxVersion(); v != "" {
		words := []string{"npx", "-y", programName + "@" + v}
		if runtime.GOOS == "windows" { // npx is a script there
			words = append([]string{"cmd", "/c"}, words...)
		}
		return words, nil
	}
	dir, name := filepath.Split(l.executable)
	if filepath.Base(dir) == "exe" && strings.Contains(dir, "go-build") && strings.HasPrefix(name, programName) {
		return nil, fault.New(fault.NotFound, "go run removes this program when it ends, so nothing could start it: build it with go build, and run that")
	}
	found, err := l.lookPath(l.argument)
	if err == nil {
		found, err = filepath.Abs(found)
	}
	if err != nil || !isSameFile(found, l.executable) {
		return []string{l.executable}, nil
	}
	return []string{found}, nil
}

// npxVersion returns the version of the npm package whose program runs from the cache
// of npx; "" if it does not run from there.
func (l launch) npxVersion() string {
	path := filepath.ToSlash(l.executable)
	_, below, isCached := strings.Cut(path, "/_npx/")
	if !isCached || !strings.Contains(below, "/node_modules/"+programName+"-") {
		return ""
	}
	text, err := os.ReadFile(filepath.Join(filepath.Dir(l.executable), "..", "package.json"))
	var manifest struct{ Version string }
	if err != nil || json.Unmarshal(text, &manifest) != nil {
		return ""
	}
	return manifest.Version
}

// isSameFile reports whether two paths lead to one file.
func isSameFile(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}
