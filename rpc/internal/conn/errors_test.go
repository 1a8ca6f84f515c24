package conn

import (
	"os"
	"regexp"
	"strconv"
	"testing"

	"realmconf/runtime/fault"
)

// TestCode_readme compares the README's table of errors with the numbers on the
// wire.
func TestCode_readme(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| (-?[0-9]+) \\|").FindAllStringSubmatch(string(text), -1)
	if len(rows) < 10 {
		t.Fatalf("the table of errors has %d rows", len(rows))
	}
	for _, row := range rows {
		if got := strconv.Itoa(code(fault.Kind(row[1]))); got != row[2] {
			t.Errorf("%s: got %s in the README, want %s", row[1], row[2], got)
		}
	}
}
