package store

import "context"

// Family is a Store whose configuration may inherit from others. They are kept
// in the same way, and this program only reads them.
type Family interface {
	Store

	// Relative returns another configuration of the family by its name, whether it
	// exists or not. It opens no file.
	Relative(name string) (Relative, error)

	// Names returns the names of the configurations of the family that exist,
	// sorted. more reports that there may be others, because they are very many.
	Names(ctx context.Context) (names []string, more bool, err error)
}

// Generated is a Family that may have made its configuration's name itself. There is
// no point in telling anybody the names of the others then: nobody has mistyped one.
type Generated interface {
	IsGenerated() bool
}

// Relative is a configuration that is read on behalf of another one. Reading it
// takes no lock and changes nothing.
type Relative interface {
	// Observe returns the current text as it is. A configuration that does not
	// exist is an empty text at generation 0. A text that another program has just
	// written gets no generation of its own: it has the last one and is Pending.
	Observe(ctx context.Context) (State, error)

	// Watch is Watch of a Store.
	Watch(ctx context.Context, changed func()) error

	// Metadata returns the identity of the configuration.
	Metadata() Metadata
}
