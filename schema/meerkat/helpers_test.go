package meerkat

import (
	"fmt"
	"os"
	"testing"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// object reads a tree from JSON.
func object(t testing.TB, text string) tree.Object {
	t.Helper()
	o, err := tree.DecodeObject([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func pointer(t testing.TB, s string) tree.Pointer {
	t.Helper()
	p, err := tree.ParsePointer(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func sprintf(format string, args ...any) string { return fmt.Sprintf(format, args...) }

func pathsOf(issues []schema.Issue) []string {
	var paths []string
	for _, i := range issues {
		paths = append(paths, i.Path)
	}
	return paths
}

// defaults returns the default configuration as Meerkat 0.8.26 prints it.
func defaults(t testing.TB) tree.Object {
	t.Helper()
	text, err := os.ReadFile("testdata/default.json")
	if err != nil {
		t.Fatal(err)
	}
	return object(t, string(text))
}

// findIssues returns the first issues and warnings of a check.
func findIssues(m *schema.Model, next, prev tree.Object) (issues, warnings []schema.Issue) {
	r := m.Check(next, prev)
	return r.Issues.First, r.Warnings.First
}
