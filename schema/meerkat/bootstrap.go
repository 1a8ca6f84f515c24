//go:build bootstrap

package meerkat

import "realmconf/schema"

// root takes the place of the generated one in the generator.
var root schema.Node
