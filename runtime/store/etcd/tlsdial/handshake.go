package tlsdial

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"slices"
	"strings"
	"syscall"
	"time"

	"realmconf/runtime/fault"
)

// explainHandshake returns the fault of a handshake that failed because the server speaks
// no TLS, or this side refused its certificate. Any other error stays what it is.
func explainHandshake(endpoint string, err error) error {
	var f *fault.Fault
	var record tls.RecordHeaderError
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &record):
		f = storageFault(fault.Unreachable, "the server at %s speaks no TLS: give it a certificate, or write etcd:// if nobody else is on the network", endpoint)
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		f = storageFault(fault.Unreachable, "the server at %s ended the connection during the TLS handshake: check whether it has a certificate, or speaks no TLS (etcd://)", endpoint)
	case errors.As(err, &name):
		f = deniedFault("the certificate of the server at %s is for %s: write one of these names in the URL, or give the server a certificate with its name", endpoint, namesOf(name.Certificate))
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil:
		f = expiredFault(endpoint, invalid.Cert)
	case errors.As(err, &unknown) && isSelfSigned(unknown.Cert):
		f = deniedFault("the certificate of the server at %s is signed by itself, and not trusted: set ETCDCTL_CACERT to that certificate, if it is the server's", endpoint)
	case errors.As(err, &unknown):
		f = deniedFault("the certificate of the server at %s is signed by an authority that is not trusted: set ETCDCTL_CACERT to the certificate of that authority", endpoint)
	case errors.As(err, new(*tls.CertificateVerificationError)):
		f = deniedFault("the certificate of the server at %s is not valid (%v): give the server another one", endpoint, err)
	default:
		return err
	}
	return f.Because(err)
}

// expiredFault is the fault of a certificate that is not valid now. It may be the server's,
// or that of an authority.
func expiredFault(endpoint string, c *x509.Certificate) *fault.Fault {
	if now := time.Now(); now.Before(c.NotBefore) {
		return deniedFault("the certificate of the server at %s is valid from %s on: check the clock of this machine, or wait", endpoint, formatTime(c.NotBefore))
	}
	return deniedFault("the certificate of the server at %s, or of its authority, has expired on %s: renew it", endpoint, formatTime(c.NotAfter))
}

func formatTime(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// isSelfSigned reports whether a certificate names itself as its authority.
func isSelfSigned(c *x509.Certificate) bool {
	return c != nil && slices.Equal(c.RawIssuer, c.RawSubject)
}

// maxNames is how many names of a certificate a text has.
const maxNames = 5

// namesOf returns the names of a certificate, separated by commas.
func namesOf(c *x509.Certificate) string {
	names := slices.Clone(c.DNSNames)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	switch {
	case len(names) == 0:
		return "no name or address"
	case len(names) > maxNames:
		names = append(names[:maxNames], "others")
	}
	return fault.Clip(strings.Join(names, ", "))
}
