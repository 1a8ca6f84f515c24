package disk

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestSignature_TrustedAt(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	old := time.Date(2026, 1, 2, 3, 4, 5, 6789, time.UTC)
	for _, tt := range []struct {
		changed time.Time
		at      time.Duration
		want    bool
	}{
		{old, 29 * time.Millisecond, false},
		{old, 31 * time.Millisecond, true},
		{old, -time.Hour, false}, // in the future
		{old.Truncate(time.Second), 2 * time.Second, false},
		{old.Truncate(time.Second), 3 * time.Second, true},
	} {
		g := Signature{info, tt.changed.UnixNano()}
		if got := g.TrustedAt(tt.changed.Add(tt.at)); got != tt.want {
			t.Errorf("stamped %v, read %v later: trusted %v, want %v", tt.changed, tt.at, got, tt.want)
		}
	}
}
