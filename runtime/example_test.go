package runtime_test

import (
	"context"
	"fmt"
	"os"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/realm"
	"realmconf/runtime/store"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

// A program that embeds the runtime reads a realm, and changes a key of exactly the
// generation that it has read. A second change of the same generation fails.
func Example() {
	stateRoot, err := os.MkdirTemp("", "realms")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(stateRoot)

	rt := runtime.New(realm.Open(realm.Selection{Realm: "team", StateRoot: stateRoot}, 0), meerkat.New())
	defer rt.Close()
	ctx := context.Background()

	before, err := rt.Get(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	write := runtime.Write{
		Expected: &before.Version.Generation,
		Reason:   "8080 is taken",
		Actor:    store.Actor{Name: "example", PID: os.Getpid()},
	}
	patch := tree.Object{"rest": tree.Object{"port": int64(9000)}}
	if _, err := rt.Patch(ctx, patch, write); err != nil {
		fmt.Println(err)
		return
	}
	_, err = rt.Patch(ctx, patch, write)
	fmt.Println("too late:", fault.Is(err, fault.GenerationConflict))

	after, err := rt.Get(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	host, _, _ := tree.Pointer{"rest", "host"}.Get(after.Resolved())
	fmt.Printf("generation %d, host %v\n%s", after.Version.Generation, host, after.Text())
	// Output:
	// too late: true
	// generation 1, host 127.0.0.1
	// [rest]
	// port = 9000
}
