package schema_test

import "testing"

func TestModel_IsNowhere(t *testing.T) {
	m := loadModel(t, `{"properties":{"a":{"properties":{"b":{}}},"l":{"items":{"properties":{"x":{}}}}}}`)
	config := object(t, `{"n":1,"s":[{"y":1},{"z":1}],"t":{"u":{"v":1}}}`)
	for place, want := range map[string]bool{
		"/n": false, "/s/*/z": false, "/s/0/z": false, "/s/-/y": false, "/*/u": false, "/t/*/v": false, "/a/b": false, "/l/*/x": false, "/l/3/x": false,
		"/nosuch": true, "/n/x": true, "/s/*/x": true, "/a/c": true, "/t/*/w": true, "/*/q": true,
	} {
		if got := m.IsNowhere(pointer(t, place), config); got != want {
			t.Errorf("%s: got %t", place, got)
		}
	}
}
