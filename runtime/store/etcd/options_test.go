package etcd

import (
	"context"
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime/fault"
)

func TestParseURL(t *testing.T) {
	for _, tt := range []struct {
		url  string
		env  map[string]string
		want Options
	}{
		{"etcd://a", nil, Options{Endpoints: []string{"a:2379"}, Prefix: "/realmconf"}},
		{"etcd://a:1,b:2,[::1]:3/team/", nil, Options{Endpoints: []string{"a:1", "b:2", "[::1]:3"}, Prefix: "/team"}},
		{"etcds://a/x/y", map[string]string{"ETCDCTL_CACERT": "ca", "ETCDCTL_CERT": "c", "ETCDCTL_KEY": "k"},
			Options{Endpoints: []string{"a:2379"}, Prefix: "/x/y", TLS: true, CACert: "ca", Cert: "c", Key: "k"}},
		{"etcd:///x", map[string]string{"ETCDCTL_ENDPOINTS": "http://a:1, b:2", "ETCDCTL_USER": "me:secret"},
			Options{Endpoints: []string{"a:1", "b:2"}, Prefix: "/x", User: "me", Password: "secret"}},
		{"etcds:///x", map[string]string{"ETCDCTL_ENDPOINTS": "https://a:1"}, Options{Endpoints: []string{"a:1"}, Prefix: "/x", TLS: true}},
		{"etcd://a", map[string]string{"ETCDCTL_USER": "me", "ETCDCTL_PASSWORD": "sec:ret"},
			Options{Endpoints: []string{"a:2379"}, Prefix: "/realmconf", User: "me", Password: "sec:ret"}},
	} {
		got, err := ParseURL(tt.url, func(name string) string { return tt.env[name] })
		if err != nil {
			t.Errorf("%s: %v", tt.url, err)
			continue
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.url, diff)
		}
	}
}

func TestParseURL_refused(t *testing.T) {
	for _, tt := range []struct {
		url  string
		env  map[string]string
		want string
	}{
		{"http://a", nil, "etcd://"},
		{"etcd://", nil, "ETCDCTL_ENDPOINTS"},
		{"etcd://a,,b", nil, "no host"},
		{"etcd://me:hunter2@a/x", nil, "ETCDCTL_PASSWORD"},
		{"etcd://a/x?password=hunter2", nil, "ETCDCTL_PASSWORD"},
		{"etcds://a", map[string]string{"ETCDCTL_CERT": "c"}, "belong together"},
		{"etcd://", map[string]string{"ETCDCTL_ENDPOINTS": "http://a,https://b:1"}, "write etcds://"},
		{"etcd://", map[string]string{"ETCDCTL_ENDPOINTS": "http://me:hunter2@a"}, "has a user or a password"},
		{"etcd://", map[string]string{"ETCDCTL_ENDPOINTS": "http://a/b"}, "more than a host"},
		{"etcd://a", map[string]string{"ETCDCTL_CACERT": "c"}, "etcds://"},
	} {
		_, err := ParseURL(tt.url, func(name string) string { return tt.env[name] })
		if !fault.Is(err, fault.InvalidParams) || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %v, want invalid_params with %q and no password", tt.url, err, tt.want)
		}
	}
}

func TestOptions_URL_hasNoCredentials(t *testing.T) {
	o := Options{Endpoints: []string{"a:1", "b:2"}, TLS: true, Prefix: "/x", User: "me", Password: "hunter2"}
	if got := o.URL(); got != "etcds://a:1,b:2/x" {
		t.Errorf("got %q", got)
	}
}

func TestOptions_CheckTLS(t *testing.T) {
	dial := func(context.Context, Options, string) (net.Conn, error) { return nil, nil }
	for _, o := range []Options{{}, {DialTLS: dial}, {TLS: true, DialTLS: dial}} {
		if err := o.CheckTLS(); err != nil {
			t.Errorf("%+v: got %v, want nil", o, err)
		}
	}
	if err := (Options{TLS: true}).CheckTLS(); !fault.Is(err, fault.InvalidParams) || !strings.Contains(err.Error(), "go build -tags etcds") {
		t.Errorf("got %v, want invalid_params with the command that builds the program", err)
	}
}
