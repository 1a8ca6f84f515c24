package store

import (
	"errors"
	"strings"

	"realmconf/runtime/fault"
)

// nothingWritten is the promise at the end of the text of a write's fault.
const nothingWritten = "nothing was written"

// Unwritten returns the error of a write that was certainly not made. The text of a
// storage fault says so at its end: the fault of a read does not, because a program may
// read after a write that was made.
func Unwritten(err error) error {
	var f *fault.Fault
	if !errors.As(err, &f) || f.Kind != fault.Storage || strings.Contains(f.Message, nothingWritten) {
		return err
	}
	c := *f // the same fault may be that of a read
	c.Message += "; " + nothingWritten
	return &c
}
