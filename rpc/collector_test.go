package rpc

import "testing"

func TestGarbagePercent(t *testing.T) {
	for _, tt := range []struct {
		size, current uint64
		want          int
	}{
		{smallestHeap * 2, 200, smallestPercent}, // the smallest, so that it is not known what is in use
		{smallestHeap * 4 / 5, smallestPercent, smallestPercent},
		{smallestHeap, smallestPercent, 200},
		{smallestHeap*2 + 1, 200, 200},
		{30 << 20, 200, 200}, {96 << 20, 200, 200}, {120 << 20, 200, 140}, {144 << 20, 200, 100}, {180 << 20, 200, 60}, // a third is in use
		{96 << 20, 140, 140}, {96 << 20, 100, 100}, {96 << 20, 60, 60}, {1 << 40, 60, 60},
	} {
		if got := garbagePercent(tt.size, tt.current); got != tt.want {
			t.Errorf("%d bytes at %d %%: got %d %%, want %d %%", tt.size, tt.current, got, tt.want)
		}
	}
}
