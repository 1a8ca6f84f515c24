package tools

import (
	"realmconf/runtime"
	"realmconf/tools/policy"
)

// guard is asked before every write.
type guard struct {
	policy policy.Policy
	model  Model
	rt     *runtime.Runtime
}
