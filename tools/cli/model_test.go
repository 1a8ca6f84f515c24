package cli

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
)

// The error of a schema that cannot be opened says what to do.
func TestExplainSchemaError(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want string
	}{
		{fs.ErrNotExist, "give the path"},
		{fs.ErrPermission, "have its mode changed"},
		{errors.New("the disk is broken"), "the disk is broken"},
	} {
		if got := explainSchemaError(&fs.PathError{Op: "open", Path: "s.json", Err: tt.err}); !strings.Contains(got.Error(), tt.want) || strings.Contains(got.Error(), "s.json") {
			t.Errorf("%v: got %q, want %q in it, and no path", tt.err, got, tt.want)
		}
	}
}
