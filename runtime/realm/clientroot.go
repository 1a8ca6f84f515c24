package realm

import (
	"context"
	"errors"
	"sync"

	"realmconf/runtime/fault"
)

// clientRoot is the root of a client by which a realm was found. A client may change its
// root, as an editor does that opens another folder.
type clientRoot struct {
	selection Selection // by which the realm was found, with the root
	location  *Location // of the realm

	mu   sync.Mutex // protects the field below
	path string     // the last root that leads to the realm
}

// newClientRoot returns nil if a selection does not have its context root of a client.
func newClientRoot(s Selection, location *Location) *clientRoot {
	if !s.isClientRoot {
		return nil
	}
	return &clientRoot{selection: s, location: location, path: s.ContextRoot}
}

// check returns a fault if the client's root is one of another realm now: a store is
// opened once. A nil root is always right.
func (c *clientRoot) check(ctx context.Context) error {
	if c == nil {
		return nil
	}
	path, err := c.selection.ClientRoot(ctx)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if path == c.path {
		return nil
	}
	if !c.leadsHere(path) {
		return fault.New(fault.Storage, "the client's first root leads to another realm than when this server opened its realm, so nothing was read or written: restart the server in the client").
			With("op", "find directory").With("reason", fault.Gone)
	}
	c.path = path
	return nil
}

// leadsHere reports whether a root leads to the realm.
func (c *clientRoot) leadsHere(path string) bool {
	s := c.selection
	s.ContextRoot = path
	if s.CheckDirectories(Environment{}) != nil {
		return false
	}
	location, err := Locate(s, Environment{})
	return err == nil && location.StateRoot == c.location.StateRoot && (s.Isolated || location.ID == c.location.ID)
}

// missingRootFault returns the fault of a client whose root is no directory; any other
// error is missingFault's.
func missingRootFault(err error) error {
	var missing *MissingDirectory
	if !errors.As(err, &missing) || missing.Flag != contextRootFlag {
		return missingFault(err)
	}
	return fault.New(fault.Storage, "the client's first root does not exist or is no directory, so nothing was read or written: open a directory that exists in the client, and repeat the call").
		With("op", "find directory").With("reason", fault.Gone).Because(err)
}
