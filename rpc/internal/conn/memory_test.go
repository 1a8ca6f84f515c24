package conn

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"realmconf/rpc/internal/frame"
	"realmconf/schema/tree"
)

// TestEstimateMemory decodes requests of several shapes, and expects none to take
// more memory than the estimate.
func TestEstimateMemory(t *testing.T) {
	list := func(entry string) string {
		return "[" + strings.Repeat(entry+",", tree.MaxKeys/8) + entry + "]"
	}
	var keys, nested strings.Builder
	for i := range tree.MaxKeys / 2 {
		fmt.Fprintf(&keys, `"k%d":{},`, i)
	}
	nested.WriteString(strings.Repeat(`{"a":`, 120) + "1" + strings.Repeat("}", 120))
	for name, params := range map[string]string{
		"objects of one member": list(`{"a":{"b":{}}}`),
		"empty objects":         list("{}"),
		"lists":                 list("[[[]]]"),
		"numbers":               list("123456789"),
		"floats":                list("1.5"),
		"strings":               list(`"abc"`),
		"keys":                  "{" + keys.String() + `"z":1}`,
		"long texts":            list(`"` + strings.Repeat("x", 1000) + `"`),
		"depth":                 "[" + strings.Repeat(nested.String()+",", 50) + "1]",
	} {
		t.Run(name, func(t *testing.T) {
			body := []byte(`{"jsonrpc":"2.0","id":1,"method":"config/get","params":{"a":` + params + `}}`)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			m := parse(frame.Frame{Body: body}, new(message))
			decoded, err := m.Params()
			if err != nil {
				t.Fatal(err)
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			took := int(after.HeapAlloc) - int(before.HeapAlloc) + len(body)
			if took > m.memory {
				t.Errorf("%d bytes of text take %d bytes, estimated were %d", len(body), took, m.memory)
			}
			runtime.KeepAlive(decoded)
		})
	}
}

// TestEstimateMemory_smallRequest expects the limits of count, not of memory, to
// be reached by small requests.
func TestEstimateMemory_smallRequest(t *testing.T) {
	small := parse(frame.Frame{Body: []byte(`{"jsonrpc":"2.0","id":1,"method":"config/patch","params":{"patch":{"agent":{"model":"a","max_turns":3},"rest":{"port":8080}},"expected_generation":1,"reason":"why"}}`)}, new(message))
	if most := 16 << 10; small.memory > most {
		t.Errorf("got %d bytes, want at most %d", small.memory, most)
	}
}

func TestHasManyMembers(t *testing.T) {
	for _, tt := range []struct {
		text string
		want bool
	}{
		{`[]`, false},
		{`[1,2,3]`, false},
		{`[1,2,3,4]`, true},
		{`{"a":1,"b":2,"c":3,"d":4}`, true},
		{`{"a":[1,2,3,4,5],"b":"1,2,3,4","c":{"x":1,"y":2}}`, false},
		{`{"a":"\",\",\",","b":2,"c":3}`, false},
		{`  [1 , 2 , 3 , 4]`, true},
		{`["a","b","c\\","d"]`, true},
	} {
		if got := hasManyMembers([]byte(tt.text), 3); got != tt.want {
			t.Errorf("%s: got %t, want %t", tt.text, got, tt.want)
		}
	}
}

// TestParse_keepsLittle parses requests of a megabyte of which little is needed
// for the answer, and expects the rest not to be kept.
func TestParse_keepsLittle(t *testing.T) {
	mega := strings.Repeat("x", 1<<20)
	for name, body := range map[string]string{
		"a long method":  `{"jsonrpc":"2.0","id":1,"method":"` + mega + `"}`,
		"a long id":      `{"jsonrpc":"2.0","id":"` + mega + `","method":"ping"}`,
		"a refused text": `{"jsonrpc":"1.0","id":1,"method":"` + mega + `"}`,
		"many members":   `{"jsonrpc":"2.0","id":1` + strings.Repeat(`,"a":1`, 1<<17) + `}`,
		"a batch":        `[1` + strings.Repeat(",1", 1<<19) + `]`,
		"a response":     `{"jsonrpc":"2.0","id":1,"result":{"a":"` + mega + `"}}`,
		"a short result": `{"jsonrpc":"2.0","id":1,"x":"` + mega + `","result":{"a":1}}`,
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			m := parse(frame.Frame{Body: []byte(body)}, new(message))
			if m.refusal == nil {
				m.forget()
			}
			for i := range m.responses {
				m.responses[i].ID = nil // the table of the requests compares it, and keeps it not
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			if kept := int(after.HeapAlloc) - int(before.HeapAlloc); kept > 64<<10 {
				t.Errorf("%d bytes are kept", kept)
			}
			runtime.KeepAlive(m)
		})
	}
}
