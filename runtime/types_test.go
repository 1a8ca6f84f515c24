package runtime_test

import (
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/document"
	"realmconf/schema"
	"realmconf/schema/tree"
)

const datedText = `when = 1979-05-27
dates = [1979-05-27, "x"]

[[rel]]
v = "1"
d = 1979-05-27
x = inf

[[rel]]
v = "2"
d = 1980-01-01
t = 07:32:00
`

// anyModel returns the model of a file without a schema.
func anyModel(t testing.TB) runtime.Model {
	t.Helper()
	model, err := schema.Load([]byte("{}"), schema.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return model
}

// A date, time, inf or nan that no operation names keeps its type, and so does one that is
// moved or copied.
func TestOperate_typesOfWhatStays(t *testing.T) {
	const first, second = "{ d = 1979-05-27, v = \"1\", x = inf }", "{ d = 1980-01-01, t = 07:32:00, v = \"2\" }"
	const head = "when = 1979-05-27\ndates = [1979-05-27, \"x\"]\n"
	const rel = "[[rel]]\nv = \"1\"\nd = 1979-05-27\nx = inf\n\n[[rel]]\nv = \"2\"\nd = 1980-01-01\nt = 07:32:00\n"
	for _, c := range []struct{ name, operations, want string }{
		{"an entry added", `[{"op":"add","path":"/rel/1","value":"txt"}]`, head + "rel = [\n    " + first + ",\n    \"txt\",\n    " + second + ",\n]\n"},
		{"an entry replaced", `[{"op":"replace","path":"/rel/0","value":"txt"}]`, head + "rel = [\n    \"txt\",\n    " + second + ",\n]\n"},
		{"a list renamed", `[{"op":"move","from":"/rel","path":"/r"}]`, head + "\n[[r]]\nv = \"1\"\nd = 1979-05-27\nx = inf\n\n[[r]]\nv = \"2\"\nd = 1980-01-01\nt = 07:32:00\n"},
		{"an entry copied out", `[{"op":"copy","from":"/rel/1","path":"/one"}]`, head + "\n" + rel + "\n[one]\nd = 1980-01-01\nt = 07:32:00\nv = \"2\"\n"},
		{"an entry moved out", `[{"op":"move","from":"/rel/0","path":"/one"}]`, head + "\n[[rel]]\nv = \"2\"\nd = 1980-01-01\nt = 07:32:00\n\n[one]\nd = 1979-05-27\nv = \"1\"\nx = inf\n"},
		{"an element copied out", `[{"op":"copy","from":"/dates/0","path":"/one"}]`, head + "one = 1979-05-27\n\n" + rel},
		{"an element moved out", `[{"op":"move","from":"/dates/0","path":"/one"}]`, "when = 1979-05-27\ndates = [\"x\"]\none = 1979-05-27\n\n" + rel},
		{"an entry copied in", `[{"op":"copy","from":"/rel/0","path":"/dates/-"}]`, "when = 1979-05-27\ndates = [1979-05-27, \"x\", " + first + "]\n\n" + rel},
		{"a member copied", `[{"op":"copy","from":"/rel/1/t","path":"/rel/0/t"}]`, head + "\n[[rel]]\nv = \"1\"\nd = 1979-05-27\nx = inf\nt = 07:32:00\n\n[[rel]]\nv = \"2\"\nd = 1980-01-01\nt = 07:32:00\n"},
		{"a value of the same text", `[{"op":"add","path":"/note","value":"1979-05-27"}]`, head + "note = \"1979-05-27\"\n\n" + rel},
	} {
		rt := runtimeWith(t, anyModel(t), storeHolding(t, datedText))
		value, err := tree.Decode([]byte(c.operations))
		if err != nil {
			t.Fatal(err)
		}
		operations, err := tree.ParseOperations(value.([]any))
		if err != nil {
			t.Fatal(err)
		}
		outcome, err := rt.Operate(t.Context(), operations, runtime.Write{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := string(outcome.After.Text()); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

// A revert brings dates back as dates, also where the texts cannot be merged line by
// line.
func TestRevert_typesComeBack(t *testing.T) {
	s := storeHolding(t, datedText)
	rt := runtimeWith(t, anyModel(t), s)
	for _, text := range []string{"when = 'soon'\n", "other = 1\nwhen = 'soon' # later\n"} {
		appendText(t, s, text)
	}
	outcome, err := rt.Revert(t.Context(), 2, nil, runtime.Write{})
	if err != nil {
		t.Fatal(err)
	}
	const want = "other = 1\nwhen = 1979-05-27 # later\ndates = [\n    1979-05-27,\n    \"x\",\n]\n\n[[rel]]\nd = 1979-05-27\nv = \"1\"\nx = inf\n\n[[rel]]\nd = 1980-01-01\nt = 07:32:00\nv = \"2\"\n"
	if got := string(outcome.After.Text()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// The configuration as it is shown may be sent back: its dates stay dates, also in
// another place.
func TestSet_typesOfWhatIsSentBack(t *testing.T) {
	rt := runtimeWith(t, anyModel(t), storeHolding(t, datedText))
	config := tree.Merge(get(t, rt).Shown(), tree.Object{"rel": nil, "r": tree.Object{"list": get(t, rt).Shown()["rel"]}}).(tree.Object)
	outcome, err := rt.Set(t.Context(), config, runtime.Write{})
	if err != nil {
		t.Fatal(err)
	}
	const want = "when = 1979-05-27\ndates = [1979-05-27, \"x\"]\n\n[[r.list]]\nd = 1979-05-27\nv = \"1\"\nx = inf\n\n[[r.list]]\nd = 1980-01-01\nt = 07:32:00\nv = \"2\"\n"
	if got := string(outcome.After.Text()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A text that a client gives as TOML keeps its types, and may change that of a value.
func TestWrite_given(t *testing.T) {
	given, err := document.Parse([]byte("when = '1979-05-27'\nnew = 1979-05-27\ndates = [07:32:00]\nn = nan\n"))
	if err != nil {
		t.Fatal(err)
	}
	for name, write := range map[string]func(*runtime.Runtime, runtime.Write) (*runtime.Outcome, error){
		"patch": func(rt *runtime.Runtime, w runtime.Write) (*runtime.Outcome, error) {
			return rt.Patch(t.Context(), given.Tree(), w)
		},
		"set": func(rt *runtime.Runtime, w runtime.Write) (*runtime.Outcome, error) {
			return rt.Set(t.Context(), given.Tree(), w)
		},
	} {
		rt := runtimeWith(t, anyModel(t), storeHolding(t, "when = 1979-05-27 # when\n"))
		outcome, err := write(rt, runtime.Write{Given: given})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		const want = "when = \"1979-05-27\" # when\ndates = [07:32:00]\nn = nan\nnew = 1979-05-27\n"
		if got := string(outcome.After.Text()); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}
