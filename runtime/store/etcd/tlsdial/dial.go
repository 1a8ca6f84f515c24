// Package tlsdial connects to servers of etcd with TLS. It is a package of its own because
// linking crypto/tls costs every start of the program: 36 page faults, and about a tenth of
// its time.
package tlsdial

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"net"
	"path/filepath"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store/etcd"
)

// Dial connects to an endpoint, with the certificates of the options. They are read for
// each connection, so that they may be renewed while the program runs.
func Dial(ctx context.Context, o etcd.Options, endpoint string) (net.Conn, error) {
	config, err := newConfig(o, endpoint)
	if err != nil {
		return nil, err
	}
	c, err := new(net.Dialer).DialContext(ctx, "tcp", endpoint)
	if err != nil {
		return nil, err
	}
	secure := tls.Client(c, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		c.Close()
		return nil, explainHandshake(endpoint, err)
	}
	return secure, nil
}

func newConfig(o etcd.Options, endpoint string) (*tls.Config, error) {
	host, _, err := net.SplitHostPort(endpoint)
	if err != nil {
		return nil, err
	}
	c := &tls.Config{ServerName: host, NextProtos: []string{"h2"}, MinVersion: tls.VersionTLS12}
	if o.CACert != "" {
		pem, err := readPEM(o.CACert)
		if err != nil {
			return nil, certificateFault("ETCDCTL_CACERT", err)
		}
		if c.RootCAs = x509.NewCertPool(); !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, certificateFault("ETCDCTL_CACERT", errors.New("the file has no certificate"))
		}
	}
	if o.Cert != "" {
		certificate, err := readPEM(o.Cert)
		if err != nil {
			return nil, certificateFault("ETCDCTL_CERT", err)
		}
		key, err := readPEM(o.Key)
		if err != nil {
			return nil, certificateFault("ETCDCTL_KEY", err)
		}
		pair, err := tls.X509KeyPair(certificate, key)
		if err != nil {
			return nil, certificateFault("ETCDCTL_CERT and ETCDCTL_KEY", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// maxPEM is the length limit of a file of certificates: those of all public authorities
// together have a fifth of it.
const maxPEM = 1 << 20

// readPEM reads a regular file up to the limit. The path is the user's own, and may be a
// symbolic link, as certificates that are renewed often are.
func readPEM(path string) ([]byte, error) {
	resolved, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, err
	}
	content, err := disk.Read(disk.OS{}, resolved, maxPEM)
	if err == nil && !content.Exists() {
		err = fs.ErrNotExist
	}
	return content.Bytes, err
}

// certificateFault is the fault of a file of certificates that cannot be used.
func certificateFault(variable string, err error) error {
	return deniedFault("the certificate of %s cannot be used (%s): give the path of a PEM file of at most 1 MiB that this user may read", variable, reasonOf(err)).Because(err)
}

// reasonOf says in a few words what is wrong with a file, without its path.
func reasonOf(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "it does not exist"
	case errors.Is(err, fs.ErrPermission):
		return "it may not be read"
	case errors.Is(err, disk.ErrTooLong):
		return "it is too long"
	case errors.Is(err, fault.ErrIrregular):
		return "it is not a regular file"
	}
	return "it has no certificate, or no key that belongs to it"
}

func deniedFault(format string, args ...any) *fault.Fault {
	return storageFault(fault.Denied, format, args...)
}

func storageFault(reason fault.Reason, format string, args ...any) *fault.Fault {
	return fault.New(fault.Storage, format, args...).With("op", "ask etcd").With("reason", reason)
}
