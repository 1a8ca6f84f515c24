package etcd

import (
	"context"
	"errors"
	"net"
	"strings"

	"realmconf/runtime/fault"
)

// Options say where a realm is kept in etcd, and as whom it is opened.
type Options struct {
	Endpoints []string // host:port; tried in turn
	TLS       bool
	Prefix    string // of all realms, with a slash at the beginning and none at the end
	Realm     string

	// These are paths of PEM files; empty for the system's authorities, and for no
	// certificate of the client.
	CACert, Cert, Key string

	User, Password string // empty without etcd's users, or if the certificate names the user

	// DialTLS connects to an endpoint with TLS: tlsdial.Dial, or nil in a program without
	// it.
	DialTLS DialFunc

	// History is how many generations are kept; 0 means 200, negative all.
	History int
}

// DialFunc connects to an endpoint as options say.
type DialFunc func(ctx context.Context, o Options, endpoint string) (net.Conn, error)

const (
	defaultPrefix  = "/realmconf"
	defaultPort    = "2379"
	defaultHistory = 200

	plainScheme = "etcd://"
	tlsScheme   = "etcds://"
)

// ParseURL returns the options of a URL, etcd://host:port,host:port/prefix, or etcds://
// for TLS. Certificates, user and password come from the environment, under the names
// that etcdctl has for them, and the endpoints too if the URL names none. A fault is
// invalid_params, and does not quote the URL.
func ParseURL(url string, getenv func(string) string) (Options, error) {
	refuse := func(format string, args ...any) (Options, error) {
		return Options{}, fault.New(fault.InvalidParams, "--store or REALMCONF_STORE: "+format, args...)
	}
	var o Options
	rest, isPlain := strings.CutPrefix(url, plainScheme)
	if !isPlain {
		if rest, o.TLS = strings.CutPrefix(url, tlsScheme); !o.TLS {
			return refuse("give etcd://host:port/prefix, or etcds://host:port/prefix for TLS")
		}
	}
	if strings.ContainsAny(rest, "@?#") {
		return refuse("the URL has a user, a password or parameters, which everybody can read there: set ETCDCTL_USER and ETCDCTL_PASSWORD instead")
	}
	hosts, path, _ := strings.Cut(rest, "/")
	if hosts == "" {
		hosts = getenv("ETCDCTL_ENDPOINTS")
	}
	for _, host := range strings.Split(hosts, ",") {
		endpoint, err := endpointOf(strings.TrimSpace(host), o.TLS)
		if err != nil {
			return refuse("%v", err)
		}
		o.Endpoints = append(o.Endpoints, endpoint)
	}
	if o.Prefix = "/" + strings.Trim(path, "/"); o.Prefix == "/" {
		o.Prefix = defaultPrefix
	}
	o.CACert, o.Cert, o.Key = getenv("ETCDCTL_CACERT"), getenv("ETCDCTL_CERT"), getenv("ETCDCTL_KEY")
	if o.User, o.Password = getenv("ETCDCTL_USER"), getenv("ETCDCTL_PASSWORD"); o.Password == "" {
		o.User, o.Password, _ = strings.Cut(o.User, ":")
	}
	if (o.Cert == "") != (o.Key == "") {
		return refuse("ETCDCTL_CERT and ETCDCTL_KEY belong together: set both, or neither")
	}
	if !o.TLS && (o.CACert != "" || o.Cert != "") {
		return refuse("ETCDCTL_CACERT and ETCDCTL_CERT are set, but the URL is not of TLS: write etcds://, or unset them")
	}
	return o, nil
}

// endpointOf returns a host with its port. etcdctl's endpoints may be URLs: one that says
// https must not be connected to without TLS.
func endpointOf(host string, hasTLS bool) (string, error) {
	host, isHTTPS := strings.CutPrefix(host, "https://")
	if isHTTPS && !hasTLS {
		return "", errors.New("an endpoint says https://, and etcd:// has no TLS: write etcds:// in its place")
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "http://"), "/")
	switch {
	case strings.Contains(host, "@"):
		return "", errors.New("an endpoint has a user or a password, which everybody can read there: set ETCDCTL_USER and ETCDCTL_PASSWORD instead")
	case host == "":
		return "", errors.New("an endpoint has no host: give host:port, several separated by commas, or set ETCDCTL_ENDPOINTS")
	case strings.ContainsAny(host, "/ "):
		return "", errors.New("an endpoint is more than a host and a port: give host:port, several separated by commas")
	}
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host, nil
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), defaultPort), nil
}

// withoutTLS says what to do when a program cannot reach servers with TLS.
const withoutTLS = "this program was built without TLS, which makes each of its starts faster: use a released realmconf, which has TLS, or build it with CGO_ENABLED=0 go build -tags etcds"

// CheckTLS refuses options that the program cannot follow because it was built without
// TLS. The fault is invalid_params.
func (o Options) CheckTLS() error {
	if o.TLS && o.DialTLS == nil {
		return fault.New(fault.InvalidParams, "--store or REALMCONF_STORE: %s; without TLS, etcd:// is for a private network", withoutTLS)
	}
	return nil
}

// URL returns the place of the realms, without credentials.
func (o Options) URL() string {
	scheme := plainScheme
	if o.TLS {
		scheme = tlsScheme
	}
	return scheme + strings.Join(o.Endpoints, ",") + o.Prefix
}

// keep returns how many generations are kept, 0 for all.
func (o Options) keep() uint64 {
	switch {
	case o.History == 0:
		return defaultHistory
	case o.History < 0:
		return 0
	}
	return uint64(o.History)
}
