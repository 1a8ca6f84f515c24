//go:build unix

package fault_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"

	"realmconf/runtime/fault"
)

var reasons = []struct {
	err  error
	want fault.Reason
}{
	{syscall.ENOSPC, fault.Full},
	{syscall.EDQUOT, fault.Full},
	{syscall.EACCES, fault.Denied},
	{syscall.EPERM, fault.Denied},
	{syscall.EROFS, fault.ReadOnlyMedia},
	{syscall.ENOENT, fault.Gone},
	{syscall.ENOTDIR, fault.Gone},
	{syscall.ESTALE, fault.Gone},
	{syscall.EIO, fault.IO},
	{syscall.EBUSY, fault.IO},
	{errors.New("from another source"), fault.IO},
}

func TestStorageReason_wrapped(t *testing.T) {
	for _, tt := range reasons {
		wrapped := fmt.Errorf("outer: %w", &fs.PathError{Op: "open", Path: "/secret/place", Err: tt.err})
		if got := fault.StorageReason(wrapped); got != tt.want {
			t.Errorf("StorageReason(%v) = %q, want %q", tt.err, got, tt.want)
		}
	}
}

func TestFromOS_namesOperationAndNoPath(t *testing.T) {
	for _, tt := range reasons {
		cause := &fs.PathError{Op: "open", Path: "/secret/place", Err: tt.err}
		f := fault.FromOS("write config.toml", cause)
		if f.Kind != fault.Storage || f.Data["op"] != "write config.toml" || f.Data["reason"] != tt.want {
			t.Errorf("FromOS(%v) = kind %q, data %v; want storage with op and reason %q", tt.err, f.Kind, f.Data, tt.want)
		}
		if !strings.HasPrefix(f.Message, "write config.toml: ") || strings.Contains(f.Message, "secret") {
			t.Errorf("FromOS(%v) message = %q, want the operation first and no path", tt.err, f.Message)
		}
		if !errors.Is(f, tt.err) {
			t.Errorf("FromOS(%v) does not wrap its cause", tt.err)
		}
	}
}

func TestFromOS_textsDiffer(t *testing.T) {
	seen := make(map[string]fault.Reason)
	for _, tt := range reasons {
		text := fault.FromOS("x", tt.err).Message
		if other, ok := seen[text]; ok && other != tt.want {
			t.Errorf("reasons %q and %q have the same text %q", other, tt.want, text)
		}
		seen[text] = tt.want
		if notDirectory := strings.Contains(text, "not a directory"); notDirectory != (tt.err == syscall.ENOTDIR) {
			t.Errorf("%v: got %q", tt.err, text)
		}
	}
	if len(seen) != 6 { // Gone has two: a missing directory, and a part of the path that is no directory
		t.Errorf("got %d different texts, want 6", len(seen))
	}
}

func TestStorageReason_absentFile(t *testing.T) {
	_, err := os.Open(t.TempDir() + "/absent")
	if got := fault.StorageReason(err); got != fault.Gone {
		t.Errorf("StorageReason(%v) = %q, want %q", err, got, fault.Gone)
	}
}
