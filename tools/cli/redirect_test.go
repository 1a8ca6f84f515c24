package cli

import (
	"strings"
	"testing"
)

func TestOpener(t *testing.T) {
	for _, tt := range []struct {
		system, display string
		want            string
	}{
		{"linux", "", ""},
		{"linux", "DISPLAY", "xdg-open"},
		{"linux", "WAYLAND_DISPLAY", "xdg-open"},
		{"freebsd", "DISPLAY", "xdg-open"},
		{"darwin", "", "open"},
		{"windows", "", "rundll32 url.dll,FileProtocolHandler"},
	} {
		got, err := opener(tt.system, func(name string) string { return map[string]string{tt.display: ":0"}[name] })
		if strings.Join(got, " ") != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%s with %q: got %q, %v, want %q", tt.system, tt.display, got, err, tt.want)
		}
	}
}
