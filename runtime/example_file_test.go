package runtime_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"realmconf/runtime"
	"realmconf/runtime/realm"
	"realmconf/schema"
)

// A program that embeds the runtime reads any TOML file under its JSON Schema into a struct,
// and changes a field. The comment and the key that the struct does not have stay.
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
	var config struct {
		Port int `json:"port"`
	}
	before, err := rt.Get(context.Background())
	if err == nil {
		err = before.Decode(nil, &config)
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, port := range []int{70000, config.Port + 1} {
		config.Port = port
		if _, err := rt.SetValue(context.Background(), before, nil, config, runtime.Write{}); err != nil {
			fmt.Println(err)
		}
	}
	text, err := os.ReadFile(name)
	fmt.Printf("%s%v\n", text, err)
	// Output:
	// /port: must be at most 65535; nothing was written
	// port = 8081 # of the office
	// other = true
	// <nil>
}
