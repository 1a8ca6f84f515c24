//go:build unix

package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"realmconf/tools/policy"
	"realmconf/tools/review"
)

// TestReview_comments: a person sees the comments of config.toml, a reader of JSON does
// not.
func TestReview_comments(t *testing.T) {
	p := parseObject(t, proposal)
	p["diff"], p["commented_diff"] = "-a = 1 # (not shown)\n", "-a = 1 # audited\n"
	sh := newShell(t, Terminal{Interactive: true, Width: 100})
	if got := sh.question(p); !strings.Contains(got, "\n-a = 1 # audited\n") || strings.Contains(got, "(not shown)") {
		t.Errorf("got\n%s", got)
	}
	server := policy.Question{Subject: policy.Fingerprint{1}, Proposal: policy.Proposal{Digest: policy.Fingerprint{1}, Diff: "-a = 1 # (not shown)\n", CommentedDiff: "-a = 1 # audited\n"}}
	directory := filepath.Join(t.TempDir(), "sockets")
	questions := review.New(review.Options{Directory: directory})
	t.Cleanup(questions.Close)
	if offer := questions.Open(server, false); offer != policy.OfferReview {
		t.Fatalf("offer %q", offer)
	}
	piped := newShell(t, Terminal{})
	piped.session.Reviews.Directory = directory
	if code := piped.run("review", "--json"); code != 0 || strings.Contains(piped.out.String(), "audited") || !strings.Contains(piped.out.String(), "# (not shown)") {
		t.Errorf("got %d, %s", code, piped.out.String())
	}
	page := &reviewPage{session: &piped.session}
	list, err := page.Questions(t.Context())
	if err != nil || !strings.Contains(string(list), `"diff":"-a = 1 # audited\n"`) || strings.Contains(string(list), "commented_diff") {
		t.Errorf("the page gets %s, %v", list, err)
	}
}
