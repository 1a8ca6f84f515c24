package runtime_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"realmconf/runtime"
	"realmconf/runtime/realm"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// A program that embeds the runtime changes a key of any TOML file under its JSON Schema.
// The comment and the key that the schema does not know stay.
func Example_anyFile() {
	dir, err := os.MkdirTemp("", "any")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "server.toml")
	if err := os.WriteFile(name, []byte("port = 8080 # of the office\nother = true\n"), 0o600); err != nil {
		fmt.Println(err)
		return
	}

	model, err := schema.Load([]byte(`{"properties": {"port": {"type": "integer", "maximum": 65535}}}`), schema.LoadOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	rt := runtime.New(realm.Open(realm.Selection{File: name, IsText: runtime.IsText}, 0), model)
	defer rt.Close()
	_, err = rt.Patch(context.Background(), tree.Object{"port": int64(70000)}, runtime.Write{})
	fmt.Println("refused:", err != nil)
	if _, err := rt.Patch(context.Background(), tree.Object{"port": int64(9000)}, runtime.Write{}); err != nil {
		fmt.Println(err)
		return
	}
	text, err := os.ReadFile(name)
	fmt.Printf("%s%v\n", text, err)
	// Output:
	// refused: true
	// port = 9000 # of the office
	// other = true
	// <nil>
}
