// Package tlsdial connects to servers of etcd with TLS. It is a package of its own because
// linking crypto/tls costs every start of the program: 36 page faults, and about a tenth of
// its time.
package tlsdial

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"

	"realmconf/runtime/fault"
	"realmconf/runtime/store/etcd"
)

// Dial connects to an endpoint, with the certificates of the options. They are read for
// each connection, so that they may be renewed while the program runs.
func Dial(ctx context.Context, o etcd.Options, endpoint string) (net.Conn, error) {
	config, err := newConfig(o, endpoint)
	if err != nil {
		return nil, err
	}
	c, err := (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", endpoint)
	if isUntrusted(err) {
		return nil, deniedFault("the certificate of the server at %s is not trusted: set ETCDCTL_CACERT to the authority that signed it, and name the server as the certificate does; nothing was written", endpoint).Because(err)
	}
	return c, err
}

func newConfig(o etcd.Options, endpoint string) (*tls.Config, error) {
	host, _, err := net.SplitHostPort(endpoint)
	if err != nil {
		return nil, err
	}
	c := &tls.Config{ServerName: host, NextProtos: []string{"h2"}, MinVersion: tls.VersionTLS12}
	if o.CACert != "" {
		pem, err := os.ReadFile(o.CACert)
		if err != nil {
			return nil, certificateFault("ETCDCTL_CACERT", err)
		}
		if c.RootCAs = x509.NewCertPool(); !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, certificateFault("ETCDCTL_CACERT", errors.New("the file has no certificate"))
		}
	}
	if o.Cert != "" {
		pair, err := tls.LoadX509KeyPair(o.Cert, o.Key)
		if err != nil {
			return nil, certificateFault("ETCDCTL_CERT and ETCDCTL_KEY", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// certificateFault is the fault of a file of certificates that cannot be used.
func certificateFault(variable string, err error) error {
	return deniedFault("the certificate of %s cannot be used: give the path of a PEM file that this user may read; nothing was written", variable).Because(err)
}

func deniedFault(format string, args ...any) *fault.Fault {
	return fault.New(fault.Storage, format, args...).With("op", "ask etcd").With("reason", fault.Denied)
}

// isUntrusted reports whether this side refused the server's certificate.
func isUntrusted(err error) bool {
	return errors.As(err, new(*tls.CertificateVerificationError)) || errors.As(err, new(x509.UnknownAuthorityError)) || errors.As(err, new(x509.HostnameError))
}
