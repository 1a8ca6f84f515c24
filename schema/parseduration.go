package schema

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The mistakes in a duration. The texts show no part of it.
var (
	errEmpty     = errors.New("it is empty")
	errNoNumber  = errors.New("each unit needs a number before it")
	errNoUnit    = errors.New("a number lacks its unit")
	errUnit      = errors.New("it has an unknown unit")
	errCharacter = errors.New("it has a character that is neither digit, unit nor space")
	errTooLarge  = errors.New("a number is too large, or finer than can be kept")
)

// ParseDuration reads a duration in the grammar of the Rust crate humantime 2.3:
// one or more pairs of a number and a unit, spaces anywhere but inside a unit, a
// fraction if the result is whole; and the single text "0". There is no sign and
// no exponent, and units are case-sensitive: M is a month and m a minute. The error
// does not quote the text.
func ParseDuration(text string) (Duration, error) {
	if text == "0" {
		return Duration{}, nil
	}
	rest := strings.TrimLeftFunc(text, unicode.IsSpace)
	if rest == "" {
		return Duration{}, errEmpty
	}
	var sum Duration
	for rest != "" {
		var a amount
		var unit string
		var err error
		if a, rest, err = scanAmount(rest); err != nil {
			return Duration{}, err
		}
		if unit, rest, err = scanUnit(rest); err != nil {
			return Duration{}, err
		}
		if sum, err = a.in(unit, sum); err != nil {
			return Duration{}, err
		}
		rest = strings.TrimLeftFunc(rest, unicode.IsSpace)
	}
	return sum, nil
}

// amount is a number with a fraction of numerator/denominator.
type amount struct {
	whole                  uint64
	numerator, denominator uint64 // denominator is 0 without a fraction
}

// scanAmount reads a number from the start of s, up to its unit. Spaces inside
// and after it are skipped.
func scanAmount(s string) (a amount, rest string, err error) {
	if s[0] < '0' || s[0] > '9' {
		return a, s, errNoNumber
	}
	into := &a.whole
	for i, c := range s {
		switch {
		case c >= '0' && c <= '9':
			if *into, err = shifted(*into, uint64(c-'0')); err != nil {
				return a, s, err
			}
			if a.denominator > 0 {
				if a.denominator, err = shifted(a.denominator, 0); err != nil {
					return a, s, err
				}
			}
		case c == '.' && a.denominator == 0:
			into, a.denominator = &a.numerator, 1
		case unicode.IsSpace(c):
		case unitLetter(c):
			return a, s[i:], a.complete()
		default:
			return a, s, errCharacter
		}
	}
	if err := a.complete(); err != nil {
		return a, s, err
	}
	return a, "", errNoUnit
}

// complete refuses a point without digits after it.
func (a amount) complete() error {
	if a.denominator == 1 {
		return errCharacter
	}
	return nil
}

// shifted is n with one more decimal digit.
func shifted(n, digit uint64) (uint64, error) {
	n, err := times(n, 10)
	if err != nil {
		return 0, err
	}
	return plus(n, digit)
}

func unitLetter(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == 'µ'
}

// scanUnit reads the letters at the start of s; a space or a digit ends them.
func scanUnit(s string) (unit, rest string, err error) {
	for i, c := range s {
		switch {
		case unitLetter(c):
		case c >= '0' && c <= '9':
			return s[:i], s[i:], nil
		case unicode.IsSpace(c):
			return s[:i], s[i+utf8.RuneLen(c):], nil
		default:
			return "", s, errCharacter
		}
	}
	return s, "", nil
}

// in adds the amount, in a unit, to a sum.
func (a amount) in(unit string, sum Duration) (Duration, error) {
	secs, nanos, err := unitSize(unit)
	if err != nil {
		return sum, err
	}
	if secs > 0 {
		s, err := times(a.whole, secs)
		if err != nil {
			return sum, err
		}
		if sum, err = sum.add(s, 0); err != nil {
			return sum, err
		}
	} else {
		n, err := times(a.whole, nanos)
		if err != nil {
			return sum, err
		}
		if sum, err = sum.add(0, n); err != nil {
			return sum, err
		}
	}
	if a.denominator == 0 {
		return sum, nil
	}
	return a.fraction(secs, nanos, sum)
}

// fraction adds the digits after the point. The result must be whole: in
// nanoseconds for units up to the minute, in seconds from the hour on.
func (a amount) fraction(secs, nanos uint64, sum Duration) (Duration, error) {
	size, whole := secs, secs >= 3600
	switch {
	case !whole && secs > 0:
		size = secs * 1_000_000_000
	case secs == 0 && nanos == 1:
		return sum, errTooLarge
	case secs == 0:
		size = nanos
	}
	n, err := times(a.numerator, size)
	if err != nil {
		return sum, err
	}
	if n%a.denominator != 0 {
		return sum, errTooLarge
	}
	n /= a.denominator
	if whole {
		return sum.add(n, 0)
	}
	return sum.add(0, n)
}

// unitSize is a unit in seconds, or in nanoseconds if it is below a second.
func unitSize(unit string) (secs, nanos uint64, err error) {
	switch unit {
	case "nanos", "nsec", "ns":
		return 0, 1, nil
	case "usec", "us", "µs":
		return 0, 1000, nil
	case "millis", "msec", "ms":
		return 0, 1_000_000, nil
	case "seconds", "second", "secs", "sec", "s":
		return 1, 0, nil
	case "minutes", "minute", "mins", "min", "m":
		return 60, 0, nil
	case "hours", "hour", "hrs", "hr", "h":
		return 3600, 0, nil
	case "days", "day", "d":
		return daySecs, 0, nil
	case "weeks", "week", "wks", "wk", "w":
		return 7 * daySecs, 0, nil
	case "months", "month", "M":
		return monthSecs, 0, nil
	case "years", "year", "yrs", "yr", "y":
		return yearSecs, 0, nil
	default:
		return 0, 0, errUnit
	}
}
