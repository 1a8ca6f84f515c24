package schema_test

import (
	"testing"

	"realmconf/schema/tree/treetest"
)

func TestMain(m *testing.M) { treetest.Main(m) }
