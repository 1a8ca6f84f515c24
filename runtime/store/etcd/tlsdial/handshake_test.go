package tlsdial

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/store/etcd"
)

func TestDial_refused(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: now.Add(-72 * time.Hour), NotAfter: now.Add(72 * time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	ca := filepath.Join(t.TempDir(), "ca.crt")
	content := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: sign(t, authority, authority, key)})
	if err := os.WriteFile(ca, content, 0o600); err != nil {
		t.Fatal(err)
	}
	loopback := []net.IP{net.IPv4(127, 0, 0, 1)}
	leaf := func(name string, from, to time.Duration, hosts []string, addresses []net.IP) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, NotBefore: now.Add(from), NotAfter: now.Add(to),
			KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
			DNSNames: hosts, IPAddresses: addresses,
		}
	}
	const day = 24 * time.Hour
	own := leaf("own", -day, day, nil, loopback)
	for _, tt := range []struct {
		name         string
		leaf, signer *x509.Certificate // no leaf: a server without TLS
		ca           string
		plain        string // the answer of a server without TLS
		reason       fault.Reason
		want         string
	}{
		{"expired", leaf("a", -2*day, -day, nil, loopback), authority, ca, "", fault.Denied, "has expired on " + now.Add(-day).UTC().Format("2006-01-02 15:04 UTC")},
		{"not yet valid", leaf("a", day, 2*day, nil, loopback), authority, ca, "", fault.Denied, "is valid from " + now.Add(day).UTC().Format("2006-01-02 15:04 UTC")},
		{"other names", leaf("a", -day, day, []string{"etcd1.example"}, []net.IP{net.IPv4(10, 0, 0, 1)}), authority, ca, "", fault.Denied, "is for etcd1.example, 10.0.0.1: "},
		{"no name", leaf("a", -day, day, nil, nil), authority, ca, "", fault.Denied, "is for no name or address: "},
		{"another authority", leaf("a", -day, day, nil, loopback), authority, "", "", fault.Denied, "by an authority that is not trusted: set ETCDCTL_CACERT"},
		{"self-signed", own, own, ca, "", fault.Denied, "is signed by itself"},
		{"no TLS", nil, nil, ca, "HTTP/1.1 400 Bad Request\r\n\r\n", fault.Unreachable, "speaks no TLS"},
		{"closed", nil, nil, ca, "", fault.Unreachable, "ended the connection during the TLS handshake"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			go func() {
				c, err := l.Accept()
				if err != nil {
					return
				}
				defer c.Close()
				if tt.leaf == nil {
					c.Read(make([]byte, 4096))
					io.WriteString(c, tt.plain)
					return
				}
				pair := tls.Certificate{Certificate: [][]byte{sign(t, tt.leaf, tt.signer, key)}, PrivateKey: key}
				tls.Server(c, &tls.Config{Certificates: []tls.Certificate{pair}}).Handshake()
			}()
			endpoint := l.Addr().String()
			_, err = Dial(t.Context(), etcd.Options{TLS: true, CACert: tt.ca}, endpoint)
			if !fault.Is(err, fault.Storage) || fault.Of(err).Data["reason"] != tt.reason ||
				!strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), endpoint) {
				t.Errorf("got %v, want %s with %q and the endpoint", err, tt.reason, tt.want)
			}
		})
	}
}

// sign returns a certificate of a key that signs itself and all others.
func sign(t *testing.T, c, signer *x509.Certificate, key *ecdsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, c, signer, &key.PublicKey, key)
	if err != nil {
		t.Error(err)
	}
	return der
}
