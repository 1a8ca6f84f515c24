package rpc

import (
	"os"
	"reflect"
	"regexp"
	"strconv"
	"testing"
)

// TestOptions_readme compares the README's table of limits with the defaults.
func TestOptions_readme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	limits := reflect.ValueOf(Options{}.withDefaults())
	rows := regexp.MustCompile("(?m)^\\| `(Max[A-Za-z]+)` \\| ([0-9]+)( MiB)?").FindAllStringSubmatch(string(text), -1)
	if len(rows) != 5 {
		t.Errorf("got %d limits, want 5", len(rows))
	}
	for _, row := range rows {
		want, _ := strconv.ParseInt(row[2], 10, 64)
		if row[3] != "" {
			want <<= 20
		}
		if got := limits.FieldByName(row[1]); !got.IsValid() || got.Int() != want {
			t.Errorf("%s: got %v, want %d", row[1], got, want)
		}
	}
}

// TestOptions_withDefaults keeps the given values, and replaces those that are not
// above zero.
func TestOptions_withDefaults(t *testing.T) {
	o := Options{Version: "1", MaxLine: 5, MaxReply: -1}.withDefaults()
	if o.Version != "1" || o.MaxLine != 5 || o.MaxReply != 8<<20 || o.Log == nil {
		t.Errorf("got %+v, want the given values and the defaults", o)
	}
}
