package etcd

import (
	"context"
	"errors"
	"net"
	"strings"

	"realmconf/runtime/fault"
	"realmconf/runtime/store/etcd/internal/grpc"
)

// storageFault is a fault of the servers. Its texts name endpoints, and no disk.
func storageFault(reason fault.Reason, format string, args ...any) *fault.Fault {
	return fault.New(fault.Storage, format, args...).With("op", "ask etcd").With("reason", reason)
}

// access is what a call was about to do with the keys under a root: in the texts of faults.
type access struct {
	root  string
	right right
}

// right is what etcd's roles allow, under etcdctl's names.
type right string

const (
	mayRead  right = "read"
	mayWrite right = "readwrite"
)

// explain returns the fault of a call for the keys of the realm. The error of ctx stays
// what it is.
func (s *Store) explain(ctx context.Context, err error, r right) error {
	return s.client.explain(ctx, err, access{s.keys.root, r})
}

// explain returns the fault of a call for some keys. The error of ctx stays what it is.
func (c *client) explain(ctx context.Context, err error, a access) error {
	var f *fault.Fault
	if err == nil || ctx.Err() != nil {
		return err
	}
	if errors.As(err, &f) {
		return f
	}
	var status *grpc.Status
	if errors.As(err, &status) {
		return c.explainStatus(status, a)
	}
	return c.explainConnection(err)
}

// explainConnection returns the fault of a call to which no server has answered.
func (c *client) explainConnection(err error) *fault.Fault {
	var f *fault.Fault
	where := strings.Join(c.options.Endpoints, ", ")
	switch {
	case isRefusedByTLS(err):
		f = storageFault(fault.Denied, "the server at %s refuses this client's certificate, or the lack of one: set ETCDCTL_CERT and ETCDCTL_KEY to one that it accepts", where)
	case errors.Is(err, grpc.ErrTLS):
		f = storageFault(fault.Unreachable, "the server at %s speaks TLS, and the URL says etcd://: write etcds://", where)
	case errors.Is(err, grpc.ErrNotHTTP2):
		f = storageFault(fault.Unreachable, "the server at %s is not etcd, because it does not speak HTTP/2: correct the address in --store or REALMCONF_STORE", where)
	case errors.Is(err, grpc.ErrSilentEnd):
		f = storageFault(fault.Unreachable, "the server at %s ended the connection before it sent anything: %sthat the address is that of an etcd server, and that each proxy on the way has connections to it", where, c.checkTLS())
	case errors.Is(err, errSilent):
		f = storageFault(fault.Unreachable, "the server at %s takes connections and does not answer: %sthat the address is that of an etcd server, and that no firewall is in the way", where, c.checkTLS())
	case errors.Is(err, errNoAnswer):
		f = c.quorumFault()
	case isUnreached(err):
		f = storageFault(fault.Unreachable, "no etcd server answers at %s: check that they run, and that this machine reaches them", where)
	default:
		f = storageFault(fault.Unreachable, "the connection to etcd at %s was cut: check the network, and each proxy on the way, and try again", where)
	}
	return f.Because(err)
}

// checkTLS is the advice for a server without TLS that may want it, up to the next one.
func (c *client) checkTLS() string {
	if c.options.TLS {
		return "check "
	}
	return "if it wants TLS, write etcds://; else check "
}

// explainStatus returns the fault of a server's answer. Servers before 3.4 and programs
// that imitate etcd answer with codes of their own, so that the text decides too.
func (c *client) explainStatus(s *grpc.Status, a access) error {
	has := func(text string) bool { return strings.Contains(s.Message, text) }
	var f *fault.Fault
	switch {
	case has("request is too large"), has("too many operations"), has("larger than max"):
		return fault.New(fault.TooLarge, "etcd does not take a request of this size: make a smaller change, or raise --max-request-bytes of the servers").Because(s)
	case has("database space exceeded"):
		f = storageFault(fault.Full, "the database of etcd is full: compact and defragment it, or raise its quota, then disarm the alarm (etcdctl alarm disarm)")
	case has("too many requests"):
		f = storageFault(fault.IO, "etcd has more requests than it takes: try again in a second")
	case has("invalid user ID or password"):
		f = storageFault(fault.Denied, "etcd does not know this user with this password: check ETCDCTL_USER and ETCDCTL_PASSWORD")
	case isNoPasswordUser(s):
		f = storageFault(fault.Denied, "the user that ETCDCTL_USER names has no password in etcd: unset ETCDCTL_USER and ETCDCTL_PASSWORD, and set ETCDCTL_CERT and ETCDCTL_KEY to a certificate that names the user")
	case has("user name is empty"), has("invalid auth token"):
		f = storageFault(fault.Denied, "etcd wants a user: set ETCDCTL_USER and ETCDCTL_PASSWORD, or a certificate that names one")
	case s.Code == grpc.PermissionDenied:
		f = storageFault(fault.Denied, "etcd does not allow this user to %s %s: grant its role that (etcdctl role grant-permission ROLE %s --prefix %s)", a.right.verb(), a.root, a.right, a.root)
	case has("authentication is not enabled"):
		f = storageFault(fault.Denied, "etcd has no users, but ETCDCTL_USER names one: unset it, or enable authentication")
	case has("unsupported operations"), s.Code == grpc.Unimplemented:
		f = storageFault(fault.IO, "the server at %s is not etcd, or only a part of it (kine is one): realms need its transactions", strings.Join(c.options.Endpoints, ", "))
	case has("no leader"), s.Code == grpc.Unavailable, s.Code == grpc.DeadlineExceeded:
		f = c.quorumFault()
	default:
		f = storageFault(fault.IO, "etcd at %s refuses the request: look at its log, and try again", strings.Join(c.options.Endpoints, ", "))
	}
	return f.Because(s)
}

// quorumFault is the fault of a call that servers have taken, and could not carry out.
func (c *client) quorumFault() *fault.Fault {
	return storageFault(fault.Unreachable, "etcd has no quorum: most of its servers must run and reach each other (%s); try again when they do", strings.Join(c.options.Endpoints, ", "))
}

func isContextError(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// isRefusedByTLS reports whether the server refused this side's certificate, or speaks
// no TLS. Then it has read no request.
func isRefusedByTLS(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}

// isNoPasswordUser reports whether a server has refused a password because the user has
// none. The code of that answer is Unknown.
func isNoPasswordUser(err error) bool {
	var s *grpc.Status
	return errors.As(err, &s) && strings.Contains(s.Message, "password was given for no password user")
}

func (r right) verb() string {
	if r == mayWrite {
		return "write to"
	}
	return "read"
}

// goneFault is the fault of a realm that is not the one that this process has seen.
func goneFault(what string) *fault.Fault {
	return storageFault(fault.Gone, "%s: it was removed, or the database was restored from a backup; start realmconf again when the person in charge of etcd has confirmed it", what)
}

// damagedFault is the fault of a value that realmconf has not written.
func damagedFault(key string, err error) *fault.Fault {
	return storageFault(fault.IO, "the value of the key %s is not one of realmconf's: restore it from a backup; realmconf doctor says more", key).Because(err)
}

// isDamaged reports whether an error is that of a value, and not of a call.
func isDamaged(err error) bool {
	return fault.Is(err, fault.Storage) && fault.Of(err).Data["reason"] == fault.IO
}

// orphanFault is the fault of a record that is newer than the head: the head was removed,
// or set back. A commit must not replace that record.
func orphanFault(record string, head uint64) *fault.Fault {
	return storageFault(fault.IO, "the record %s is there, and the realm's head is at generation %d: another program has removed the head or set it back; realmconf doctor says how to repair it", record, head)
}

// unknownFault is the fault of a commit whose outcome could not be found out.
func unknownFault(err error) *fault.Fault {
	return fault.New(fault.OutcomeUnknown, "the connection to etcd broke while it committed, so that the change may have been made: read the configuration again, and repeat the change only if it is not there").Because(err)
}
