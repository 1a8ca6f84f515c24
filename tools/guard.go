package tools

import (
	"fmt"
	"slices"
	"strings"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// Options are what the owner of a configuration lets its clients do. The zero
// value lets programs write, and models write what has no class of risk.
type Options struct {
	ReadOnly bool      // close every write, whoever asks
	Allow    Allowance // held changes that a tool may make without a person's yes
}

// Allowance is a list of what needs no person: classes of risk, and JSON
// Pointers with all below them.
type Allowance struct {
	classes  []schema.Risk
	pointers []tree.Pointer
}

// UnmarshalText adds what a list names, its items parted by commas. Together
// with MarshalText it serves flag.TextVar.
func (a *Allowance) UnmarshalText(text []byte) error {
	for item := range strings.SplitSeq(string(text), ",") {
		item = strings.TrimSpace(item)
		if strings.HasPrefix(item, "/") {
			p, err := tree.ParsePointer(item)
			if err != nil {
				return err
			}
			a.pointers = append(a.pointers, p)
			continue
		}
		if class := schema.Risk(item); class != schema.RiskNone && slices.Contains(schema.Risks(), class) {
			a.classes = append(a.classes, class)
			continue
		}
		return fmt.Errorf("%q is neither a class (exec, secret, network, path, posture) nor a JSON Pointer such as /shell/program", item)
	}
	return nil
}

// MarshalText is the list as UnmarshalText reads it.
func (a Allowance) MarshalText() ([]byte, error) {
	var items []string
	for _, class := range a.classes {
		items = append(items, string(class))
	}
	for _, p := range a.pointers {
		items = append(items, p.String())
	}
	return []byte(strings.Join(items, ",")), nil
}

// lifts reports whether a field needs no person.
func (a Allowance) lifts(f field) bool {
	return slices.Contains(a.classes, f.risk) ||
		slices.ContainsFunc(a.pointers, func(p tree.Pointer) bool { return f.within(p) })
}

// guard stands before every write.
type guard struct {
	options Options
	model   Model
	rt      *runtime.Runtime
}

// open refuses every write while the configuration is read only.
func (g *guard) open() error {
	if !g.options.ReadOnly {
		return nil
	}
	return fault.New(fault.ReadOnly, "this server was started with --read-only: ask whoever started it to make the change; nothing was written")
}
