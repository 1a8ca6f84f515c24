package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.etcd.io/etcd/client/pkg/v3/transport"
	clientv3 "go.etcd.io/etcd/client/v3"

	"realmconf/runtime/fault"
	"realmconf/runtime/store/etcd"
	"realmconf/runtime/store/etcd/tlsdial"
	"realmconf/runtime/store/storetest"
)

// allowPrefix makes a user that may use one prefix, and enables authentication. An empty
// password is that of a user whom a certificate names.
func allowPrefix(t *testing.T, official *clientv3.Client, user, password, prefix string) {
	t.Helper()
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx := t.Context()
	must(official.RoleAdd(ctx, "root"))
	must(official.UserAdd(ctx, "root", "root"))
	must(official.UserGrantRole(ctx, "root", "root"))
	must(official.RoleAdd(ctx, "team"))
	must(official.RoleGrantPermission(ctx, "team", prefix+"/", clientv3.GetPrefixRangeEnd(prefix+"/"), clientv3.PermissionType(clientv3.PermReadWrite)))
	must(official.UserAddWithOptions(ctx, user, password, &clientv3.UserAddOptions{NoPassword: password == ""}))
	must(official.UserGrantRole(ctx, user, "team"))
	must(official.AuthEnable(ctx))
}

// TestStore_password uses users with passwords: whose token expires, who give none or a
// wrong one, and who may not read a prefix.
func TestStore_password(t *testing.T) {
	t.Parallel()
	c := startCluster(t, 1, "--auth-token-ttl=1", "--bcrypt-cost=4")
	allowPrefix(t, newOfficial(t, clientv3.Config{Endpoints: c.endpoints()}), "me", "hunter2", "/test")
	o := newOptions(c.endpoints())
	o.User, o.Password = "me", "hunter2"
	s := openIn(t, o)()
	mustCommit(t, s, "one")
	watched := make(chan struct{}, 100)
	go s.Watch(t.Context(), func() { watched <- struct{}{} })
	<-watched
	<-time.After(3 * time.Second) // the token expires meanwhile
	mustCommit(t, s, "two")
	<-watched
	<-time.After(3 * time.Second)
	if state := mustLoad(t, s); string(state.Text) != "two" {
		t.Errorf("got %q", state.Text)
	}
	for name, change := range map[string]func(o *etcd.Options){
		"no user":        func(o *etcd.Options) { o.User, o.Password = "", "" },
		"wrong password": func(o *etcd.Options) { o.Password = "hunter3" },
		"another prefix": func(o *etcd.Options) { o.Prefix = "/secret" },
	} {
		other := o
		change(&other)
		s := openIn(t, other)()
		_, err := s.Load(t.Context())
		checkFault(t, name, err, fault.Storage, fault.Denied)
	}
}

// TestStore_certificates uses mutual TLS, where the certificate's name is the user.
func TestStore_certificates(t *testing.T) {
	dir := t.TempDir()
	authority := newAuthority(t, dir, "ca")
	authority.issue(t, dir, "server", "server")
	authority.issue(t, dir, "me", "me")
	newAuthority(t, dir, "foreign")
	file := func(name string) string { return filepath.Join(dir, name) }
	c := startCluster(t, 1, "--client-cert-auth", "--trusted-ca-file="+file("ca.crt"), "--cert-file="+file("server.crt"), "--key-file="+file("server.key"))
	config, err := transport.TLSInfo{TrustedCAFile: file("ca.crt"), CertFile: file("me.crt"), KeyFile: file("me.key")}.ClientConfig()
	if err != nil {
		t.Fatal(err)
	}
	allowPrefix(t, newOfficial(t, clientv3.Config{Endpoints: []string{"https://" + c.nodes[0].client}, TLS: config}), "me", "", "/test")
	o := newOptions(c.endpoints())
	o.TLS, o.DialTLS = true, tlsdial.Dial
	o.CACert, o.Cert, o.Key = file("ca.crt"), file("me.crt"), file("me.key")
	s := openIn(t, o)()
	mustCommit(t, s, "one")
	state := mustLoad(t, s)
	if err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "two")); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(o *etcd.Options){
		"another prefix":      func(o *etcd.Options) { o.Prefix = "/secret" },
		"no certificate":      func(o *etcd.Options) { o.Cert, o.Key = "", "" },
		"untrusted authority": func(o *etcd.Options) { o.CACert = file("foreign.crt") },
		"no file":             func(o *etcd.Options) { o.CACert = file("absent") },
		"a program without":   func(o *etcd.Options) { o.DialTLS = nil },
	} {
		other := o
		change(&other)
		_, err := openIn(t, other)().Load(t.Context())
		checkFault(t, name, err, fault.Storage, fault.Denied)
	}
}

// authority signs certificates.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T, dir, name string) *authority {
	t.Helper()
	a := &authority{}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	a.certificate, a.key = template, nil
	a.key, a.certificate = a.write(t, dir, name, template)
	return a
}

func (a *authority) issue(t *testing.T, dir, file, name string) {
	t.Helper()
	a.write(t, dir, file, &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	})
}

// write signs a certificate and writes it with its key. An authority without a key signs
// its own.
func (a *authority) write(t *testing.T, dir, file string, template *x509.Certificate) (*ecdsa.PrivateKey, *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer := a.key
	if signer == nil {
		signer = key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		file + ".crt": {Type: "CERTIFICATE", Bytes: der}, file + ".key": {Type: "EC PRIVATE KEY", Bytes: private},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return key, certificate
}
