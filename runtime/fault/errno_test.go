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
	{syscall.ETXTBSY, fault.IO},
	{syscall.ELOOP, fault.IO},
	{syscall.EFBIG, fault.IO},
	{syscall.ENAMETOOLONG, fault.IO},
	{syscall.EMLINK, fault.IO},
	{syscall.EXDEV, fault.IO},
	{syscall.EISDIR, fault.IO},
	{syscall.ENOTCONN, fault.IO},
	{syscall.ETIMEDOUT, fault.IO},
	{syscall.EMFILE, fault.IO},
	{syscall.ENFILE, fault.IO},
	{syscall.ENOMEM, fault.IO},
	{syscall.ENOLCK, fault.IO},
	{syscall.ENOSYS, fault.IO},
	{syscall.ENXIO, fault.IO},
	{syscall.ENODEV, fault.IO},
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

// Only an error of the disk has the text of one. Every other error has its own text,
// which ends with what to do.
func TestFromOS_textsDiffer(t *testing.T) {
	seen := make(map[string]error)
	for _, tt := range reasons {
		text := fault.FromOS("x", tt.err).Message
		same := tt.err == syscall.EDQUOT || tt.err.Error() == "from another source" // as ENOSPC and EIO
		if other, ok := seen[text]; ok && !same {
			t.Errorf("%v and %v have the same text %q", other, tt.err, text)
		}
		seen[text] = tt.err
		if ofDisk := strings.Contains(text, "check the disk"); ofDisk != (tt.err == syscall.EIO || tt.err.Error() == "from another source") {
			t.Errorf("%v: got %q", tt.err, text)
		}
		if len(strings.SplitN(text, ": ", 3)) < 3 {
			t.Errorf("%v: %q does not say what to do", tt.err, text)
		}
	}
}

func TestStorageReason_absentFile(t *testing.T) {
	_, err := os.Open(t.TempDir() + "/absent")
	if got := fault.StorageReason(err); got != fault.Gone {
		t.Errorf("StorageReason(%v) = %q, want %q", err, got, fault.Gone)
	}
}
