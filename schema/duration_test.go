package schema

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// durations are texts, how Meerkat prints them, and how long they are. An empty
// formatted text means that Meerkat refuses the text.
var durations = []struct {
	text, formatted string
	secs            uint64
	nanos           uint32
}{
	{"500ms", "500ms", 0, 500000000},
	{"1500ms", "1s 500ms", 1, 500000000},
	{"90s", "1m 30s", 90, 0},
	{"1h30m", "1h 30m", 5400, 0},
	{"2h 37min", "2h 37m", 9420, 0},
	{"1.5h", "1h 30m", 5400, 0},
	{"1.5s", "1s 500ms", 1, 500000000},
	{"0.5ns", "", 0, 0},
	{"5", "", 0, 0},
	{"0", "0s", 0, 0},
	{"", "", 0, 0},
	{"-5s", "", 0, 0},
	{"1w", "7days", 604800, 0},
	{"1M", "1month", 2630016, 0},
	{"1m", "1m", 60, 0},
	{"1y", "1year", 31557600, 0},
	{"1 day", "1day", 86400, 0},
	{"365d", "11months 30days 3h 50m 24s", 31536000, 0},
	{"3us", "3us", 0, 3000},
	{"3µs", "3us", 0, 3000},
	{"1e3s", "", 0, 0},
	{"1_000s", "", 0, 0},
	{"4.2s", "4s 200ms", 4, 200000000},
	{"10m", "10m", 600, 0},
	{"600s", "10m", 600, 0},
	{"1d 2h 3m 4s 5ms", "1day 2h 3m 4s 5ms", 93784, 5000000},
	{"1hour 12min 5s", "1h 12m 5s", 4325, 0},
	{"0s", "0s", 0, 0},
	{"1sec", "1s", 1, 0},
	{"99999999999y", "99999999999years", 3155759999968442400, 0},
	{"18446744073709551615s", "584542046090years 7months 15days 17h 5m 3s", 18446744073709551615, 0},
	{" 5s ", "5s", 5, 0},
	{"5 s", "5s", 5, 0},
	{"5S", "", 0, 0},
	{"1ms1us1ns", "1ms 1us 1ns", 0, 1001001},
	// Not recorded from Meerkat, but valid in its grammar.
	{"1 0s", "10s", 10, 0},
	{"1s500ms", "1s 500ms", 1, 500_000_000},
	{"1.5 s", "1s 500ms", 1, 500_000_000},
	{"1. 5s", "1s 500ms", 1, 500_000_000},
	{"0.25m", "15s", 15, 0},
	{"0.5w", "3days 12h", 302_400, 0},
	{"1000000000ns", "1s", 1, 0},
	{"1.00s", "1s", 1, 0},
	{"00s", "0s", 0, 0},
	{"2h\u00a05m", "2h 5m", 7500, 0},
	{"1.s", "", 0, 0},
	{"1.2.3s", "", 0, 0},
	{"1.5", "", 0, 0},
	{"1.0ns", "", 0, 0},
	{"0.0001h", "", 0, 0},
	{"0.3333333333s", "", 0, 0},
	{"1 m sec", "", 0, 0},
	{"2 hours min", "", 0, 0},
	{"1h-5m", "", 0, 0},
	{"1h,5m", "", 0, 0},
	{"1\xffs", "", 0, 0},
	{"1s\xff", "", 0, 0},
	{"one s", "", 0, 0},
	{"1fortnight", "", 0, 0},
	{"18446744073709551616s", "", 0, 0},
	{"18446744073709551615m", "", 0, 0},
	{"18446744073709551615s 1s", "", 0, 0},
	{"18446744073709551615s 1000ms", "", 0, 0},
	{"1.0000000000000000000000s", "", 0, 0},
	{"   ", "", 0, 0},
}

func TestParseDuration(t *testing.T) {
	for _, tt := range durations {
		got, err := ParseDuration(tt.text)
		if tt.formatted == "" {
			if err == nil {
				t.Errorf("%q: got %v, want an error", tt.text, got)
			} else if s := strings.TrimSpace(tt.text); s != "" && len(s) > 1 && strings.Contains(err.Error(), s) {
				t.Errorf("%q: the error quotes the text: %v", tt.text, err)
			}
			continue
		}
		if want := (Duration{tt.secs, tt.nanos}); err != nil || got != want {
			t.Errorf("%q: got %v, %v, want %v", tt.text, got, err, want)
		}
	}
}

func TestDuration_string(t *testing.T) {
	for _, tt := range durations {
		if tt.formatted == "" {
			continue
		}
		if got := (Duration{tt.secs, tt.nanos}).String(); got != tt.formatted {
			t.Errorf("%d s %d ns: got %q, want %q", tt.secs, tt.nanos, got, tt.formatted)
		}
	}
}

func TestParseDuration_errors(t *testing.T) {
	for text, want := range map[string]error{
		"":                      errEmpty,
		"s":                     errNoNumber,
		"1h m":                  errNoNumber,
		"90":                    errNoUnit,
		"5S":                    errUnit,
		"-5s":                   errNoNumber,
		"1_000s":                errCharacter,
		"18446744073709551616s": errTooLarge,
		"0.5ns":                 errTooLarge,
	} {
		if _, err := ParseDuration(text); err != want {
			t.Errorf("%q: got %v, want %v", text, err, want)
		}
	}
}

func TestDuration_roundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Duration{rapid.Uint64().Draw(t, "secs"), rapid.Uint32Range(0, 999_999_999).Draw(t, "nanos")}
		got, err := ParseDuration(d.String())
		if err != nil || got != d {
			t.Fatalf("%q: got %v, %v, want %v", d, got, err, d)
		}
	})
}

func TestMilliseconds(t *testing.T) {
	for ms, want := range map[uint64]string{0: "0s", 1: "1ms", 999: "999ms", 1000: "1s", 90_500: "1m 30s 500ms"} {
		if got := milliseconds(ms).String(); got != want {
			t.Errorf("%d: got %q, want %q", ms, got, want)
		}
	}
}

func FuzzDuration(f *testing.F) {
	for _, tt := range durations {
		f.Add(tt.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDuration(text)
		if err != nil {
			return
		}
		if d.Nanos >= 1_000_000_000 {
			t.Fatalf("%q: %d nanoseconds", text, d.Nanos)
		}
		again, err := ParseDuration(d.String())
		if err != nil || again != d {
			t.Fatalf("%q reads as %v, which reads as %v, %v", text, d, again, err)
		}
	})
}
