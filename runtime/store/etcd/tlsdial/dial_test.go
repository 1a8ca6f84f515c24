package tlsdial

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/store/etcd"
)

// writePair writes a certificate and its key.
func writePair(t *testing.T, certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{certificate: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "EC PRIVATE KEY", Bytes: encoded}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNewConfig_files(t *testing.T) {
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	writePair(t, file("certificate"), file("key"))
	writePair(t, file("other"), file("other key"))
	text, err := os.ReadFile(file("certificate"))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"long": string(text) + strings.Repeat("\n", maxPEM), "limit": string(text) + strings.Repeat("\n", maxPEM-len(text)), "empty": "",
	} {
		if err := os.WriteFile(file(name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		ca, certificate, key string
		want                 string // a part of the fault; empty for none
	}{
		{"", "", "", ""},
		{"certificate", "certificate", "key", ""},
		{"limit", "", "", ""},
		{"long", "", "", "ETCDCTL_CACERT cannot be used (it is too long)"},
		{"empty", "", "", "ETCDCTL_CACERT cannot be used (it has no certificate"},
		{"absent", "", "", "ETCDCTL_CACERT cannot be used (it does not exist)"},
		{".", "", "", "ETCDCTL_CACERT cannot be used (it is not a regular file)"},
		{"", "long", "key", "ETCDCTL_CERT cannot be used (it is too long)"},
		{"", "certificate", "long", "ETCDCTL_KEY cannot be used (it is too long)"},
		{"", "certificate", ".", "ETCDCTL_KEY cannot be used (it is not a regular file)"},
		{"", "certificate", "other key", "ETCDCTL_CERT and ETCDCTL_KEY cannot be used"},
	} {
		path := func(name string) string {
			if name == "" {
				return ""
			}
			return file(name)
		}
		_, err := newConfig(etcd.Options{CACert: path(tt.ca), Cert: path(tt.certificate), Key: path(tt.key)}, "localhost:2379")
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: got %v, want %q", tt, err, tt.want)
		}
		if err != nil && (!fault.Is(err, fault.Storage) || strings.Contains(err.Error(), dir)) {
			t.Errorf("%+v: got %v, want a storage fault without a path", tt, err)
		}
	}
}
