package etcd

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/storetest"
)

// The fault of a server that is not the expected one has its endpoint and the likely cause. A
// commit's fault says that nothing was written, a read's does not. A server that speaks
// another protocol is not tried for callTimeout.
func TestStore_wrongServer(t *testing.T) {
	answer := func(text string) func(net.Conn) {
		return func(c net.Conn) {
			go io.Copy(io.Discard, c)
			io.WriteString(c, text)
			c.Close()
		}
	}
	const settings = "\x00\x00\x00\x04\x00\x00\x00\x00\x00"
	for _, tt := range []struct {
		name   string
		serve  func(net.Conn) // nil: connections are refused
		want   string
		isLong bool // it may pass, so that the call is tried again
	}{
		{"refused", nil, "no etcd server answers at a:1: check that they run", false},
		{"TLS alert", answer("\x15\x03\x01\x00\x02\x02\x46"), "at a:1 speaks TLS, and the URL says etcd://: write etcds://", false},
		{"HTTP/1.1", answer("HTTP/1.0 400 Bad Request\r\n\r\n"), "at a:1 is not etcd", false},
		{"closed", answer(""), "at a:1 ended the connection before it sent anything: if it wants TLS, write etcds://", true},
		{"silent", func(c net.Conn) { io.Copy(io.Discard, c) }, "at a:1 takes connections and does not answer: if it wants TLS, write etcds://", true},
		{"cut", answer(settings), "the connection to etcd at a:1 was cut", true},
		{"no quorum", func(c net.Conn) {
			go io.Copy(io.Discard, c)
			io.WriteString(c, settings)
		}, "etcd has no quorum", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := Options{Endpoints: []string{"a:1"}, Prefix: "/p", Realm: "r"}
				s := openTo(t, o, tt.serve)
				begin := time.Now()
				_, err := s.Load(t.Context())
				if isLong := time.Since(begin) >= callTimeout; isLong != tt.isLong {
					t.Errorf("Load took %v", time.Since(begin))
				}
				checkText(t, "Load", err, fault.Unreachable, tt.want, false)
				state := store.State{Version: store.Empty(), Next: 1}
				err = s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "text"))
				checkText(t, "CompareAndSwap", err, fault.Unreachable, tt.want, true)
			})
		})
	}
}

// A user whom a certificate names has no password: another try cannot succeed.
func TestStore_userWithoutPassword(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	server := &http.Server{Protocols: new(http.Protocols), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/grpc")
		w.Header().Set("Grpc-Status", "2")
		w.Header().Set("Grpc-Message", "auth: authentication failed, password was given for no password user")
	})}
	server.Protocols.SetUnencryptedHTTP2(true)
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	s := Open(Options{Endpoints: []string{l.Addr().String()}, Prefix: "/p", Realm: "r", User: "alice", Password: "hunter2"})
	t.Cleanup(s.Close)
	_, err = s.Load(t.Context())
	checkText(t, "Load", err, fault.Denied, "the user that ETCDCTL_USER names has no password in etcd", false)
	if calls != 1 {
		t.Errorf("got %d calls, want 1", calls)
	}
}

// openTo opens a store whose connections lead to serve.
func openTo(t *testing.T, o Options, serve func(net.Conn)) *Store {
	t.Helper()
	s := Open(o)
	t.Cleanup(s.Close)
	s.client.dial = func(context.Context, string) (net.Conn, error) {
		if serve == nil {
			return nil, errors.New("connection refused")
		}
		client, server := net.Pipe()
		go serve(server)
		return client, nil
	}
	return s
}

// checkText checks the reason and the text of a storage fault.
func checkText(t *testing.T, call string, err error, reason fault.Reason, want string, isWrite bool) {
	t.Helper()
	if !fault.Is(err, fault.Storage) || fault.Of(err).Data["reason"] != reason || !strings.Contains(err.Error(), want) {
		t.Errorf("%s: got %v (%v), want %s with %q", call, err, fault.Of(err), reason, want)
		return
	}
	if strings.HasSuffix(err.Error(), "; nothing was written") != isWrite {
		t.Errorf("%s: got %q, want that nothing was written: %v", call, err, isWrite)
	}
}
