package tree_test

import (
	"bytes"
	"fmt"
	"testing"

	"realmconf/schema/tree"
)

// config is a configuration of about 3 KB with all usual parts: sections, maps,
// lists of objects, text with escapes, all kinds of numbers.
func config() tree.Object {
	c := tree.Object{"agent": tree.Object{
		"model": "gpt-5.5", "temperature": 0.8, "max_tokens": int64(8192), "system_prompt": "Be brief.\nSay \"no\" when unsure.\n", "base_url": nil,
	}}
	var entries []any
	for i := range 12 {
		entries = append(entries, tree.Object{
			"id": fmt.Sprint("hook-", i), "event": "pre_tool", "command": []any{"sh", "-c", "true"}, "timeout_ms": int64(5000), "enabled": i%2 == 0,
		})
	}
	c["hooks"] = tree.Object{"entries": entries}
	for _, section := range []string{"budget", "compaction", "limits", "retry", "rest", "shell", "tools"} {
		s := make(tree.Object)
		for i := range 9 {
			s[fmt.Sprintf("%s_%c_setting", section, 'a'+i)] = int64(i * 1000)
		}
		c[section] = s
	}
	return c
}

func BenchmarkDecode(b *testing.B) {
	data := tree.Append(nil, config())
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tree.Decode(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMembers(b *testing.B) {
	data := tree.Append(nil, config())
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tree.Members(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	c := config()
	buffer := tree.Append(nil, c)
	b.SetBytes(int64(len(buffer)))
	b.ReportAllocs()
	for b.Loop() {
		buffer = tree.Append(buffer[:0], c)
	}
}

func BenchmarkAppendString(b *testing.B) {
	text := bytes.Repeat([]byte("# how long a tool may take\ntool = { secs = 30, nanos = 0 }\n"), 1000)
	var dst []byte
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		dst = tree.AppendString(dst[:0], text)
	}
}

func BenchmarkDifference(b *testing.B) {
	old, new := config(), config()
	new["agent"].(tree.Object)["model"] = "gpt-5.5-mini"
	entries := new["hooks"].(tree.Object)["entries"].([]any)
	entries[0], entries[11] = entries[11], entries[0]
	keyOf := func(tree.Pointer) string { return "id" }
	b.ReportAllocs()
	for b.Loop() {
		if changes := tree.Difference(old, new, keyOf, nil); len(changes) != 3 {
			b.Fatalf("got %s", text(changes))
		}
	}
}

// A list of many equal entries must not take quadratic time.
func BenchmarkDifferenceLongList(b *testing.B) {
	var old, new []any
	for i := range 50_000 {
		old = append(old, int64(i%3))
		new = append(new, int64(i%2))
	}
	b.ReportAllocs()
	for b.Loop() {
		tree.Difference(tree.Object{"l": old}, tree.Object{"l": new}, nil, nil)
	}
}
