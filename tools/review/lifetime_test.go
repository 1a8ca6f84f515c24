package review

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The texts that name the lifetime are right.
func TestLifetimeText(t *testing.T) {
	if LifetimeText != "ten minutes" || Lifetime != 10*time.Minute {
		t.Errorf("%v is not %s", Lifetime, LifetimeText)
	}
	for _, name := range []string{"page/js/app.js", "page/js/loopback.js", "page/js/question.js", "../../README.md", "../../SECURITY.md", "../../rpc/README.md", "../cli/README.md"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`\w+ minutes`).FindAllString(string(text), -1) {
			if found != LifetimeText && strings.Contains(name, ".js") {
				t.Errorf("%s says %s, want %s", name, found, LifetimeText)
			}
		}
		if name != "../../README.md" && !strings.Contains(string(text), LifetimeText) {
			t.Errorf("%s does not say %s", name, LifetimeText)
		}
	}
}
