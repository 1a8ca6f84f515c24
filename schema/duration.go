package schema

import (
	"math/bits"
	"strconv"
	"strings"
)

// Duration is an exact length of time, with a wider range than time.Duration.
// Nanos is below 1e9.
type Duration struct {
	Secs  uint64
	Nanos uint32
}

// milliseconds returns a number of milliseconds.
func milliseconds(ms uint64) Duration {
	return Duration{Secs: ms / 1000, Nanos: uint32(ms%1000) * 1_000_000}
}

// String returns the duration as humantime prints it: years, months, days, h, m, s, ms,
// us, ns, each only if more than zero; "0s" for zero.
func (t Duration) String() string {
	if t == (Duration{}) {
		return "0s"
	}
	var parts []string
	add := func(n uint64, unit string) {
		if n > 0 {
			parts = append(parts, strconv.FormatUint(n, 10)+unit)
		}
	}
	plural := func(n uint64, unit string) {
		if n > 1 {
			unit += "s"
		}
		add(n, unit)
	}
	inYear := t.Secs % yearSecs
	inMonth := inYear % monthSecs
	plural(t.Secs/yearSecs, "year")
	plural(inYear/monthSecs, "month")
	plural(inMonth/daySecs, "day")
	add(inMonth%daySecs/3600, "h")
	add(inMonth%3600/60, "m")
	add(inMonth%60, "s")
	add(uint64(t.Nanos/1_000_000), "ms")
	add(uint64(t.Nanos/1000%1000), "us")
	add(uint64(t.Nanos%1000), "ns")
	return strings.Join(parts, " ")
}

const (
	daySecs   = 86_400
	monthSecs = 2_630_016  // 30.44 days
	yearSecs  = 31_557_600 // 365.25 days
)

// add returns the sum of the duration and another one.
func (t Duration) add(secs, nanos uint64) (Duration, error) {
	nanos, err := plus(nanos, uint64(t.Nanos))
	if err != nil {
		return t, err
	}
	if secs, err = plus(secs, nanos/1_000_000_000); err != nil {
		return t, err
	}
	if secs, err = plus(secs, t.Secs); err != nil {
		return t, err
	}
	return Duration{Secs: secs, Nanos: uint32(nanos % 1_000_000_000)}, nil
}

func times(a, b uint64) (uint64, error) {
	high, low := bits.Mul64(a, b)
	if high != 0 {
		return 0, errTooLarge
	}
	return low, nil
}

func plus(a, b uint64) (uint64, error) {
	sum, carry := bits.Add64(a, b, 0)
	if carry != 0 {
		return 0, errTooLarge
	}
	return sum, nil
}
