package rpc

import "testing"

func TestGarbagePercent(t *testing.T) {
	for _, tt := range []struct {
		live uint64
		want int
	}{
		{0, 200}, {10 << 20, 200}, {32 << 20, 200}, {40 << 20, 140}, {48 << 20, 100}, {60 << 20, 60}, {96 << 20, 60}, {1 << 40, 60},
	} {
		if got := garbagePercent(tt.live); got != tt.want {
			t.Errorf("%d bytes in use: got %d %%, want %d %%", tt.live, got, tt.want)
		}
	}
}
