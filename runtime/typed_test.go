package runtime_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/schema"
	"realmconf/schema/tree"
)

const typedSchema = `{"properties": {
	"name": {"type": "string"}, "limit": {"type": "integer", "default": 10}, "rate": {"type": "number"},
	"since": {"type": "string", "format": "date-time"}, "api_token": {"type": "string"},
	"server": {"type": "object", "properties": {"port": {"type": "integer", "maximum": 65535}}},
	"jobs": {"items": {"required": ["id"], "properties": {"id": {"type": "string"}, "every": {"type": "integer"}}}}}}`

const typedText = `# of the team
name = "shop" # for customers
rate = 2.0
since = 1979-05-27T07:32:00Z
api_token = "hunter2"
odd = inf

[server]
port = 8080 # of the office
other = true

# at night
[[jobs]]
id = "a"
every = 5 # minutes
owner = "eve"

[[jobs]]
id = "b" # by day
`

type typedJob struct {
	ID    string `json:"id"`
	Every int    `json:"every,omitempty"`
}

type typedConfig struct {
	Name   string    `json:"name"`
	Limit  *int      `json:"limit,omitempty"`
	Rate   float64   `json:"rate"`
	Since  time.Time `json:"since"`
	Token  string    `json:"api_token"`
	Server struct {
		Port int `json:"port"`
	} `json:"server"`
	Jobs []typedJob `json:"jobs"`
}

func typedRuntime(t *testing.T) *runtime.Runtime {
	t.Helper()
	model, err := schema.Load([]byte(typedSchema), schema.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return runtimeWith(t, model, storeHolding(t, typedText))
}

// decoded reads the whole configuration.
func decoded(t *testing.T, rt *runtime.Runtime) (c typedConfig, from *runtime.Snapshot) {
	t.Helper()
	from = get(t, rt)
	if err := from.Decode(nil, &c); err != nil {
		t.Fatal(err)
	}
	return c, from
}

func TestSnapshot_Decode(t *testing.T) {
	c, from := decoded(t, typedRuntime(t))
	limit := 10
	want := typedConfig{Name: "shop", Limit: &limit, Rate: 2, Since: time.Date(1979, 5, 27, 7, 32, 0, 0, time.UTC), Token: "hunter2", Jobs: []typedJob{{"a", 5}, {"b", 0}}}
	want.Server.Port = 8080
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var port uint16
	if err := from.Decode(tree.Pointer{"server", "port"}, &port); err != nil || port != 8080 {
		t.Errorf("a part: %d, %v", port, err)
	}
	var odd float64
	for _, test := range []struct {
		at   tree.Pointer
		into any
		kind fault.Kind
		want string
	}{
		{tree.Pointer{"server", "host"}, &port, fault.NotFound, "/server/host: there is no value"},
		{tree.Pointer{"api_token"}, &port, fault.InvalidConfig, "/api_token: the value does not fit into the Go type uint16"},
		{nil, &struct {
			Server struct {
				Port string `json:"port"`
			} `json:"server"`
		}{}, fault.InvalidConfig, "the configuration (server.port): the value does not fit into the Go type string"},
		{tree.Pointer{"server", "port"}, new(uint8), fault.InvalidConfig, "does not fit into the Go type uint8"},
		{tree.Pointer{"odd"}, &odd, fault.InvalidConfig, "/odd: the value does not fit into the Go type float64"},
		{tree.Pointer{"name"}, typedConfig{}, fault.InvalidParams, "Decode needs a pointer to a variable"},
	} {
		err := from.Decode(test.at, test.into)
		if !fault.Is(err, test.kind) || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "8080") {
			t.Errorf("%s into %T: %v, want %q", test.at, test.into, err, test.want)
		}
	}
}

// TestRuntime_SetValue changes fields of a struct and compares the lines that differ.
func TestRuntime_SetValue(t *testing.T) {
	limit := 12
	for _, test := range []struct {
		name             string
		change           func(*typedConfig)
		removed, written string // lines
	}{
		{"nothing", func(*typedConfig) {}, "", ""},
		{"a field", func(c *typedConfig) { c.Server.Port = 9000 }, "port = 8080 # of the office", "port = 9000 # of the office"},
		{"a whole float", func(c *typedConfig) { c.Rate = 3 }, "rate = 2.0", "rate = 3.0"},
		{"a default", func(c *typedConfig) { c.Limit = &limit }, "", "limit = 12"},
		{"a secret", func(c *typedConfig) { c.Token = "other" }, `api_token = "hunter2"`, `api_token = "other"`},
		{"a date", func(c *typedConfig) { c.Since = c.Since.Add(time.Hour) }, "since = 1979-05-27T07:32:00Z", "since = 1979-05-27T08:32:00Z"},
		{"an entry", func(c *typedConfig) { c.Jobs[0].Every = 6 }, "every = 5 # minutes", "every = 6 # minutes"},
		{"a key of an entry", func(c *typedConfig) { c.Jobs[0].Every = 0 }, "every = 5 # minutes", ""},
		{"the first entry removed", func(c *typedConfig) { c.Jobs = c.Jobs[1:] }, "# at night\n[[jobs]]\nid = \"a\"\nevery = 5 # minutes\nowner = \"eve\"\n", ""},
		{"an entry before the others", func(c *typedConfig) { c.Jobs = append([]typedJob{{"c", 1}}, c.Jobs...) }, "", "[[jobs]]\nevery = 1\nid = \"c\"\n"},
	} {
		rt := typedRuntime(t)
		c, from := decoded(t, rt)
		test.change(&c)
		outcome, err := rt.SetValue(t.Context(), from, nil, c, runtime.Write{})
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		after := string(get(t, rt).Text())
		if outcome.Changed == (test.removed+test.written == "") {
			t.Errorf("%s: changed %t", test.name, outcome.Changed)
		}
		for _, lines := range []struct{ in, notIn string }{{typedText, test.removed}, {after, test.written}} {
			if !strings.Contains(lines.in, lines.notIn) {
				t.Errorf("%s: no %q in\n%s", test.name, lines.notIn, lines.in)
			}
		}
		if got, want := strings.Replace(after, test.written, "", 1), strings.Replace(typedText, test.removed, "", 1); strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
			t.Errorf("%s: other text changed (-want +got):\n%s", test.name, cmp.Diff(want, got))
		}
		if again, _ := decoded(t, rt); cmp.Diff(c, again) != "" && test.name != "nothing" {
			t.Errorf("%s: read again (-want +got):\n%s", test.name, cmp.Diff(c, again))
		}
	}
}

func TestRuntime_SetValue_refusal(t *testing.T) {
	rt := typedRuntime(t)
	c, from := decoded(t, rt)
	port := tree.Pointer{"server", "port"}
	for _, test := range []struct {
		at    tree.Pointer
		value any
		kind  fault.Kind
		want  string
	}{
		{port, 70000, fault.InvalidConfig, "/server/port: must be at most 65535"},
		{port, "x", fault.InvalidConfig, "/server/port: the value does not fit into the Go type string"},
		{port, make(chan int), fault.InvalidParams, "/server/port: a value of the type chan int has no form in JSON"},
		{tree.Pointer{"rate"}, math.NaN(), fault.InvalidParams, "/rate: a value of the type float64 has no form"},
		{nil, 5, fault.InvalidConfig, "does not fit into the Go type int"},
		{tree.Pointer{"jobs", "7"}, typedJob{ID: "z"}, fault.NotFound, "/jobs/7: there is no such place"},
		{tree.Pointer{"name", "x"}, 1, fault.NotFound, "/name/x: there is no such place"},
	} {
		_, err := rt.SetValue(t.Context(), from, test.at, test.value, runtime.Write{})
		if !fault.Is(err, test.kind) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s, %v: %v, want %s %q", test.at, test.value, err, test.kind, test.want)
		}
	}
	if _, err := rt.SetValue(t.Context(), from, tree.Pointer{"new", "part"}, 5, runtime.Write{}); err != nil {
		t.Error(err)
	}
	c.Name = "store"
	if _, err := rt.SetValue(t.Context(), from, nil, c, runtime.Write{}); !fault.Is(err, fault.GenerationConflict) {
		t.Errorf("after another write: %v", err)
	}
	part := 0
	if err := get(t, rt).Decode(tree.Pointer{"new", "part"}, &part); err != nil || part != 5 {
		t.Errorf("a new place: %d, %v", part, err)
	}
}

// TestRuntime_SetValue_append appends entries to lists, as an add of JSON Patch does.
func TestRuntime_SetValue_append(t *testing.T) {
	rt := typedRuntime(t)
	for i, token := range []string{"-", "3"} {
		job := typedJob{ID: "n" + token, Every: 7}
		if _, err := rt.SetValue(t.Context(), get(t, rt), tree.Pointer{"jobs", token}, &job, runtime.Write{}); err != nil {
			t.Fatal(err)
		}
		c, from := decoded(t, rt)
		if len(c.Jobs) != 3+i || c.Jobs[2+i] != job || !strings.HasPrefix(string(from.Text()), typedText[:strings.LastIndex(typedText, "\n")]) {
			t.Errorf("%s: got %v in\n%s", token, c.Jobs, from.Text())
		}
	}
	for _, place := range []tree.Pointer{{"jobs", "5"}, {"jobs", "-", "every"}, {"missing", "-"}, {"server", "port", "-"}} {
		if _, err := rt.SetValue(t.Context(), get(t, rt), place, 1, runtime.Write{}); !fault.Is(err, fault.NotFound) || !strings.Contains(err.Error(), `"-" for a new last one`) {
			t.Errorf("%s: %v", place, err)
		}
	}
	if _, err := rt.SetValue(t.Context(), get(t, rt), tree.Pointer{"server", "-"}, 1, runtime.Write{}); err != nil {
		t.Errorf("a key named -: %v", err)
	}
	if _, err := rt.SetValue(t.Context(), get(t, rt), tree.Pointer{"jobs", "-"}, nil, runtime.Write{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("null appended: %v", err)
	}
}
