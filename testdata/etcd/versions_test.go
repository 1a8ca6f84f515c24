package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"realmconf/runtime/store"
	"realmconf/runtime/store/etcd"
	"realmconf/runtime/store/storetest"
)

// builtVersions are the earlier versions of etcd that are built for the tests, each in a
// module of its own.
var builtVersions = []string{"3.5", "3.6"}

// TestStore_versions runs the conformance suite on servers of earlier versions, and on
// those that are installed on this machine: Debian has 3.4.
func TestStore_versions(t *testing.T) {
	t.Parallel()
	programs := map[string]string{}
	for _, version := range builtVersions {
		programs[version] = buildServer(t, version)
	}
	if installed, err := exec.LookPath("etcd"); err == nil {
		programs["installed"] = installed
	}
	for name, program := range programs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := startServers(t, program, 1)
			storetest.Test(t, func(t *testing.T) func() store.Store { return openIn(t, newOptions(c.endpoints())) })
			wantVersion(t, etcd.Open(newOptions(c.endpoints())), name)
		})
	}
}

// buildServer builds the server of a version.
func buildServer(t *testing.T, version string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "etcd")
	build := exec.Command("go", "build", "-ldflags=-s -w", "-o", program, ".")
	build.Dir = "v" + version
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("etcd %s: %v\n%s", version, err, out)
	}
	return program
}

// wantVersion checks that doctor's findings name the server's version, and warn of none
// that is tested.
func wantVersion(t *testing.T, s *etcd.Store, name string) {
	t.Helper()
	defer s.Close()
	want := "etcd 3."
	if slices.Contains(builtVersions, name) {
		want = fmt.Sprintf("etcd %s.", name)
	}
	named := false
	for _, f := range s.Inspect(t.Context()) {
		named = named || strings.HasPrefix(f.What, want)
		if f.Level == store.Problem || strings.Contains(f.What, "older than") {
			t.Errorf("got the finding %q", f.What)
		}
	}
	if !named {
		t.Errorf("no finding begins with %q", want)
	}
}
