package cli

import (
	"log/slog"
	"testing"
)

func TestTextFlag(t *testing.T) {
	level := slog.LevelWarn
	f := NewTextFlag(&level, "WARN")
	if got := f.String(); got != "WARN" {
		t.Errorf("before it is set: got %q, want its default", got)
	}
	if err := f.Set("loud"); err == nil || f.String() != "WARN" {
		t.Errorf("a wrong text: got %v and %q, want an error and the default", err, f.String())
	}
	if err := f.Set("debug"); err != nil || level != slog.LevelDebug || f.String() != "DEBUG" {
		t.Errorf("got %v, %v and %q, want debug", err, level, f.String())
	}
}
