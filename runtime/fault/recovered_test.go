package fault

import (
	"errors"
	"strings"
	"testing"
)

func TestRecovered_namesPlaceAndNoSecret(t *testing.T) {
	recovered := func(f func()) (err error) {
		defer func() { err = Recovered(recover()) }()
		f()
		return nil
	}
	for name, test := range map[string]struct {
		panics func()
		want   string
	}{
		"text":     {func() { panic("hunter-4711") }, "panic: a string,"},
		"an error": {func() { panic(errors.New("hunter-4711")) }, "panic: a *errors.errorString,"},
		"a type":   {func() { var v any = "hunter-4711"; _ = v.(int) }, "panic: interface conversion: interface {} is string, not int"},
	} {
		err := recovered(test.panics)
		if text := err.Error(); !strings.HasPrefix(text, test.want) || strings.Contains(text, "hunter") || !strings.Contains(text, "recovered_test.go") {
			t.Errorf("%s: got %s, want %s and the place", name, text, test.want)
		}
	}
}
