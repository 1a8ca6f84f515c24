package tree_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema/tree"
)

// byID identifies the entries of lists named "entries", wherever they are.
func byID(list tree.Pointer) string {
	if len(list) > 0 && list[len(list)-1] == "entries" {
		return "id"
	}
	return ""
}

// defaults has two.
func defaults(_, path tree.Pointer) (any, bool) {
	switch path.String() {
	case "/retry/max_retries":
		return int64(3), true
	case "/agent/base_url":
		return nil, true
	default:
		return nil, false
	}
}

// report returns the difference of two configurations, one change on each line.
func report(old, new tree.Object) string {
	var lines []string
	for _, c := range tree.Difference(old, new, byID, defaults) {
		lines = append(lines, text(c.Tree()))
	}
	return strings.Join(lines, "\n")
}

func TestDifference_reports(t *testing.T) {
	for _, tt := range []struct{ name, old, new, want string }{
		{"nothing", `{"a":{"b":[2]}}`, `{"a":{"b":[2.0]}}`, ``},
		{"a value", `{"agent":{"model":"a"}}`, `{"agent":{"model":"b"}}`,
			`{"new":"b","old":"a","op":"replace","path":"/agent/model"}`},
		{"falsy values", `{"a":true,"b":1,"c":"x","d":null}`, `{"a":false,"b":0,"c":"","d":{}}`,
			`{"new":false,"old":true,"op":"replace","path":"/a"}
{"new":0,"old":1,"op":"replace","path":"/b"}
{"new":"","old":"x","op":"replace","path":"/c"}
{"new":{},"old":null,"op":"replace","path":"/d"}`},
		{"null is not absent", `{"a":null}`, `{"b":null}`,
			`{"old":null,"op":"remove","path":"/a"}
{"new":null,"op":"add","path":"/b"}`},
		{"a removed key's default", `{"retry":{"max_retries":9}}`, `{"retry":{}}`,
			`{"default":3,"old":9,"op":"remove","path":"/retry/max_retries"}`},
		{"an added key's default", `{"agent":{}}`, `{"agent":{"base_url":"u"}}`,
			`{"default":null,"new":"u","op":"add","path":"/agent/base_url"}`},
		{"no default of a replaced key", `{"retry":{"max_retries":9}}`, `{"retry":{"max_retries":3}}`,
			`{"new":3,"old":9,"op":"replace","path":"/retry/max_retries"}`},
		{"an object on one side", `{"a":{"b":1,"c":2}}`, `{"d":{"b":1,"c":{"e":2}}}`,
			`{"old":1,"op":"remove","path":"/a/b"}
{"old":2,"op":"remove","path":"/a/c"}
{"new":1,"op":"add","path":"/d/b"}
{"new":2,"op":"add","path":"/d/c/e"}`},
		{"an object with its defaults", `{}`, `{"retry":{"max_retries":9}}`,
			`{"default":3,"new":9,"op":"add","path":"/retry/max_retries"}`},
		{"empty objects and lists are leaves", `{}`, `{"a":{},"b":{"c":{},"d":[]},"e":[]}`,
			`{"new":{},"op":"add","path":"/a"}
{"new":{},"op":"add","path":"/b/c"}
{"new":[],"op":"add","path":"/b/d"}
{"new":[],"op":"add","path":"/e"}`},
		{"an object that is empty on one side", `{"a":{},"b":{"x":1}}`, `{"a":{"x":1},"b":{}}`,
			`{"new":1,"op":"add","path":"/a/x"}
{"old":1,"op":"remove","path":"/b/x"}`},
		{"a list on one side", `{"a":{"entries":[{"id":"x","n":{"m":1}},{"n":1}],"l":[[1],2]},"l":["p","q"]}`, `{}`,
			`{"key":"x","old":{"id":"x","n":{"m":1}},"op":"remove","path":"/a/entries/0"}
{"old":{"n":1},"op":"remove","path":"/a/entries/1"}
{"old":[1],"op":"remove","path":"/a/l/0"}
{"old":2,"op":"remove","path":"/a/l/1"}
{"old":["p","q"],"op":"remove","path":"/l"}`},
		{"an object in a list's entry", `{"entries":[{"id":"a"}]}`, `{"entries":[{"id":"a","env":{"X":"1","Y":"2"}}]}`,
			`{"new":"1","op":"add","path":"/entries/0/env/X"}
{"new":"2","op":"add","path":"/entries/0/env/Y"}`},
		{"another type", `{"a":{"b":1},"c":[1]}`, `{"a":[1],"c":{"0":1}}`,
			`{"new":[1],"old":{"b":1},"op":"replace","path":"/a"}
{"new":{"0":1},"old":[1],"op":"replace","path":"/c"}`},
		{"an appended entry", `{"entries":[{"id":"lint"}]}`, `{"entries":[{"id":"lint"},{"id":"audit"}]}`,
			`{"key":"audit","new":{"id":"audit"},"op":"add","path":"/entries/1"}`},
		{"an entry removed before one that changed", `{"entries":[{"id":"a"},{"id":"b","x":1}]}`, `{"entries":[{"id":"b","x":2}]}`,
			`{"key":"a","old":{"id":"a"},"op":"remove","path":"/entries/0"}
{"new":2,"old":1,"op":"replace","path":"/entries/0/x"}`},
		{"a member of an entry with another index is removed at its old place", `{"entries":[{"id":"a"},{"id":"b","x":1}]}`, `{"entries":[{"id":"b","y":1}]}`,
			`{"key":"a","old":{"id":"a"},"op":"remove","path":"/entries/0"}
{"new":1,"op":"add","path":"/entries/0/y"}
{"old":1,"op":"remove","path":"/entries/1/x"}`},
		{"one moved to the front", `{"entries":[{"id":"a"},{"id":"b"},{"id":"c"},{"id":"lint"}]}`, `{"entries":[{"id":"lint"},{"id":"a"},{"id":"b"},{"id":"c"}]}`,
			`{"from":"/entries/3","key":"lint","op":"move","path":"/entries/0"}`},
		{"one moved to the end", `{"entries":[{"id":"lint"},{"id":"a"},{"id":"b"}]}`, `{"entries":[{"id":"a"},{"id":"b"},{"id":"lint"}]}`,
			`{"from":"/entries/0","key":"lint","op":"move","path":"/entries/2"}`},
		{"two that changed places", `{"entries":[{"id":"a"},{"id":"b"},{"id":"c"}]}`, `{"entries":[{"id":"c"},{"id":"b"},{"id":"a"}]}`,
			`{"from":"/entries/2","key":"c","op":"move","path":"/entries/0"}
{"from":"/entries/0","key":"a","op":"move","path":"/entries/2"}`},
		{"moved and changed", `{"entries":[{"id":"a"},{"id":"b"},{"id":"c","x":1}]}`, `{"entries":[{"id":"c","x":2},{"id":"a"},{"id":"b"}]}`,
			`{"from":"/entries/2","key":"c","op":"move","path":"/entries/0"}
{"new":2,"old":1,"op":"replace","path":"/entries/0/x"}`},
		{"another identity is another entry", `{"entries":[{"id":"a","x":1}]}`, `{"entries":[{"id":"b","x":1}]}`,
			`{"key":"a","old":{"id":"a","x":1},"op":"remove","path":"/entries/0"}
{"key":"b","new":{"id":"b","x":1},"op":"add","path":"/entries/0"}`},
		{"an identity that was missing", `{"entries":[{"x":1},{"id":"b"}]}`, `{"entries":[{"id":"a","x":1},{"id":"b"}]}`,
			`{"new":"a","op":"add","path":"/entries/0/id"}`},
		{"an identity that is no text", `{"entries":[{"id":1,"x":1},"b"]}`, `{"entries":[{"id":1,"x":2},"c"]}`,
			`{"new":2,"old":1,"op":"replace","path":"/entries/0/x"}
{"new":"c","old":"b","op":"replace","path":"/entries/1"}`},
		{"one of two with the same identity", `{"entries":[{"id":"a","x":1},{"id":"a","x":2}]}`, `{"entries":[{"id":"a","x":2}]}`,
			`{"key":"a","old":{"id":"a","x":1},"op":"remove","path":"/entries/0"}`},
		{"a list in an entry that slid", `{"entries":[{"id":"a"},{"id":"b","args":["x","y","z"]}]}`, `{"entries":[{"id":"b","args":["z","y"]}]}`,
			`{"key":"a","old":{"id":"a"},"op":"remove","path":"/entries/0"}
{"from":"/entries/1/args/2","op":"move","path":"/entries/0/args/0"}
{"old":"x","op":"remove","path":"/entries/1/args/0"}`},
		{"equal numbers of two types", `{"l":[2,{"a":9223372036854775808},"x"]}`, `{"l":["x",{"a":9223372036854775808.0},2.0]}`,
			`{"from":"/l/2","op":"move","path":"/l/0"}
{"from":"/l/0","op":"move","path":"/l/2"}`},
		{"a list in a list's entry", `{"entries":[{"id":"a","args":["x","y"]}]}`, `{"entries":[{"id":"a","args":["y","z"]}]}`,
			`{"old":"x","op":"remove","path":"/entries/0/args/0"}
{"new":"z","op":"add","path":"/entries/0/args/1"}`},
		{"entries without identity, one replaced", `{"l":["a","b","c"]}`, `{"l":["a","x","c"]}`,
			`{"new":"x","old":"b","op":"replace","path":"/l/1"}`},
		{"entries without identity, inside one", `{"l":[{"n":1},{"n":2,"m":3}]}`, `{"l":[{"n":1},{"n":2,"m":4}]}`,
			`{"new":4,"old":3,"op":"replace","path":"/l/1/m"}`},
		{"places count between what stayed", `{"l":["z","a","b"]}`, `{"l":["a","c"]}`,
			`{"old":"z","op":"remove","path":"/l/0"}
{"new":"c","old":"b","op":"replace","path":"/l/1"}`},
		{"one more of the same is no move", `{"l":["x","a"]}`, `{"l":["a","x","a"]}`,
			`{"new":"a","op":"add","path":"/l/0"}`},
		{"one less of the same", `{"l":["a","a","b","a"]}`, `{"l":["a","b","a"]}`,
			`{"old":"a","op":"remove","path":"/l/1"}`},
		{"indexes are numbers", `{"l":[0,1,2,3,4,5,6,7,8,9,10,11]}`, `{"l":[0,1,"x",3,4,5,6,7,8,9,"y",11,12]}`,
			`{"new":"x","old":2,"op":"replace","path":"/l/2"}
{"new":"y","old":10,"op":"replace","path":"/l/10"}
{"new":12,"op":"add","path":"/l/12"}`},
		{"names are sorted token by token", `{}`, `{"a":{},"a-b":1,"10":1,"9":1,"":1,"a/b":1}`,
			`{"new":1,"op":"add","path":"/9"}
{"new":1,"op":"add","path":"/10"}
{"new":1,"op":"add","path":"/"}
{"new":{},"op":"add","path":"/a"}
{"new":1,"op":"add","path":"/a-b"}
{"new":1,"op":"add","path":"/a~1b"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			old, new := parseObject(t, tt.old), parseObject(t, tt.new)
			if diff := cmp.Diff(strings.Split(tt.want, "\n"), strings.Split(report(old, new), "\n")); diff != "" {
				t.Errorf("%s → %s (-want +got):\n%s", tt.old, tt.new, diff)
			}
		})
	}
}

func TestDifference_withoutSchema(t *testing.T) {
	got := tree.Difference(parseObject(t, `{"a":1,"l":[{"id":"a","x":1}]}`), parseObject(t, `{"l":[{"id":"b","x":1}]}`), nil, nil)
	if got, want := text(got), `[{"old":1,"op":"remove","path":"/a"},{"new":"b","old":"a","op":"replace","path":"/l/0/id"}]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := text(tree.Difference(nil, nil, nil, nil)), `[]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
