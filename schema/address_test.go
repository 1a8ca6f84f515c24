package schema

import "testing"

// AddressTexts are addresses of every shape, valid and invalid.
var AddressTexts = []string{
	"", "u", "https://h", "https://u@h", "https://u:p@h:1/p?q#f", "//u:p@h", "u:p@h", "git@h:o/r.git", "https://a@b@h/", "https://h/#f?x", "https://h#?x",
	"https://h?", "https://@h", "https://u:a/b@h", "https://u:a#b@h", "https://u:a?b@h", "https:u:p@h", "https:\\\\u:p@h", " https://u:p@h", "https:///u:p@h",
	"https://u:p@h/?a=b@c", "https://[::1]:8/?q", "https://%zz@h?%zz", "?q", "#f", "https://h/a@b", "https://h:1/a@b", "localhost:8080/p", "\x00//u@h",
	"https://h/a;b/c?q#f", "https://hooks.h/a/b", "https://h/webhooks/a", "https://h/a;hooks/b", "https://h/hooks/a;b@c", "h/hooks/x@y",
}

func TestCutAddress(t *testing.T) {
	for _, tt := range []struct{ text, userinfo, query string }{
		{"https://example.org/v1", "", ""},
		{"https://example.org/v1/models/m@20241022", "", ""},
		{"https://example.org:8443/v1#top?x=1", "", ""},
		{"https://example.org:8443/v1?a=1?b=2#top?x=1", "", "a=1?b=2"},
		{"https://example.org/v1?mail=a@b", "", "mail=a@b"},
		{"https://example.org:8443/v1?mail=a@b", "", "mail=a@b"},
		{"https://user@example.org", "user", ""},
		{"https://user:p@example.org:1/p?q#f", "user:p", "q"},
		{"https://user:p:p@[::1]:1/", "user:p:p", ""},
		{"https://user:@example.org", "user:", ""},
		{"https://:p@example.org", ":p", ""},
		{"https://@example.org?", "", ""},
		{"https://a@b@example.org/", "a@b", ""},
		{"https://%zz:%@example.org?%zz", "%zz:%", "%zz"},
		{"//user:p@example.org?q", "user:p", "q"},
		{"//example.org", "", ""},
		{"git@example.org:a/b.git", "git", ""},
		{"user:p@example.org/p", "?", ""},
		{"ssh://git@example.org/a/b.git", "git", ""},
		{"example.org/a?q", "", "q"},
		{"/a?q#f", "", "q"},
		{"?q", "", "q"},
		{"#f?q", "", ""},
		{"", "", ""},
		{"unix:/run/a.sock", "", ""},
		// Some programs find a userinfo in these, or the author meant one.
		{"https://user:pa/ss@example.org", "?", ""},
		{"https://user:pa#ss@example.org", "?", ""},
		{"https://user:pa?ss@example.org", "?", ""},
		{"https://user:12/34@example.org", "?", ""},
		{"https://user:12#34@example.org", "?", ""},
		{"https://user:12?34@example.org", "?", ""},
		{"https://token#a@example.org", "?", ""},
		{"https://tok_en/a@example.org", "?", ""},
		{"https://user:p@ss/word@example.org", "?", ""},
		{"https://user:p@ss?word@example.org", "?", ""},
		{"https:user:p@example.org", "?", ""},
		{"https:/user:p@example.org", "?", ""},
		{"https:///user:p@example.org", "?", ""},
		{`https:\\user:p@example.org`, "?", ""},
		{`https://user:p\@example.org`, "?", ""},
		{" https://user:p@example.org", "?", ""},
		{"ht\ntps://user:p@example.org", "?", ""},
		{"to/ken@example.org", "?", ""},
	} {
		a := cutAddress(tt.text, false)
		if got := a.String(); got != tt.text {
			t.Errorf("%q: the parts together are %q", tt.text, got)
		}
		if a.opaque != (tt.userinfo == "?") {
			t.Errorf("%q: got opaque %t", tt.text, a.opaque)
			continue
		}
		if !a.opaque && (a.userinfo != tt.userinfo || a.query != tt.query) {
			t.Errorf("%q: got userinfo %q and query %q, want %q and %q", tt.text, a.userinfo, a.query, tt.userinfo, tt.query)
		}
	}
}

func TestCutAddress_path(t *testing.T) {
	for _, tt := range []struct {
		text, path, fragment string
		isWebhook            bool
	}{
		{"https://h/v1/models", "", "", false},
		{"https://h/v1#top", "", "top", false},
		{"https://h/v1#", "", "", false},
		{"https://h#a#b", "", "a#b", false},
		{"https://h/a;jsessionid=5/b;c?q#f", "jsessionid=5/b;c", "f", false},
		{"https://h/a;?q", "", "", false},
		{"https://h;a/b", "", "", false}, // no parameters: it is in the host
		{"mailto:x;y", "y", "", false},
		{"https://h/services/T/B/x", "services/T/B/x", "", true},
		{"https://h/", "", "", true},
		{"https://h", "", "", true},
		{"https://h/a;b", "a;b", "", true},
		{"https://hooks.example.org/services/T/B/x?q", "services/T/B/x", "", false},
		{"https://u:p@hooks.example.org/services", "services", "", false},
		{"//Webhook.example.org/x", "x", "", false},
		{"https://hookah.example.org/services", "", "", false},
		{"https://example.org/api/webhooks/1/x", "1/x", "", false},
		{"https://example.org/Hooks/x#f", "x", "f", false},
		{"https://example.org/hooks", "", "", false},
		{"https://example.org/hooks/", "", "", false},
		{"https://example.org/my-hooks/x", "", "", false},
		{"https://example.org/a;b/hooks/c", "b/hooks/c", "", false},
		{"example.org/hooks/x", "x", "", false},
		{"https://h/a/realmconf-secret%3A7%3A%2Fb?q", "realmconf-secret%3A7%3A%2Fb", "", false},
	} {
		a := cutAddress(tt.text, tt.isWebhook)
		if a.path != tt.path || a.fragment != tt.fragment || a.opaque || a.String() != tt.text {
			t.Errorf("%q: got path %q and fragment %q, opaque %t, together %q; want %q and %q", tt.text, a.path, a.fragment, a.opaque, a, tt.path, tt.fragment)
		}
	}
}

func FuzzAddress(f *testing.F) {
	for _, text := range AddressTexts {
		f.Add(text, false)
		f.Add(text, true)
	}
	token := encoded(Token{generation, []string{"hooks", "b@/?#"}}.String())
	f.Fuzz(func(t *testing.T, text string, isWebhook bool) {
		a := cutAddress(text, isWebhook)
		if got := a.String(); got != text {
			t.Fatalf("%q: the parts together are %q", text, got)
		}
		if a.opaque {
			return
		}
		// With a token in each place it is cut at the same places.
		masked := a
		for part := Userinfo; part <= lastPart; part++ {
			if text := masked.partOf(part); *text != "" {
				*text = token
			}
		}
		if got := cutAddress(masked.String(), isWebhook); got != masked {
			t.Fatalf("%q: got %+v, want %+v", text, got, masked)
		}
	})
}
