//go:build !linux && !darwin

package file

// bootID is empty: this system does not tell one run of the machine from the
// next. A lock that a crashed process left then counts as dead by its age.
func bootID() string { return "" }
