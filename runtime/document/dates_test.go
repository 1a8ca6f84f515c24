package document

import (
	"fmt"
	"testing"

	"realmconf/schema/tree"
)

func TestParse_datesAndTimes(t *testing.T) {
	for _, c := range []struct {
		text  string
		valid bool
	}{
		{"1985-06-18T17:04:07+12:59", true}, {"1985-06-18T17:04:07+23:59", true}, {"1985-06-18t17:04:07z", true},
		{"1985-06-18 17:04:07.123456789012-00:00", true}, {"2024-02-29", true}, {"2000-02-29T00:00:00", true},
		{"00:00:00", true}, {"23:59:59.999999", true}, {"0000-01-01", true}, {"9999-12-31T23:59:59Z", true},
		{"07:32", true}, {"1979-05-27T07:32Z", true}, // TOML 1.1

		{"1985-06-18T17:04:07+12:60", false}, {"1985-06-18T17:04:07-12:99", false}, {"1985-06-18T17:04:07+24:00", false},
		{"1985-06-18T17:04:07+99:00", false}, {"1985-06-18T17:04:07+12", false}, {"1985-06-18T17:04:07+1200", false},
		{"1985-06-18T17:04:07+12:0", false}, {"1985-06-18T17:04:07+", false}, {"1985-06-18T17:04:07Z+01:00", false},
		{"1985-06-18T17:04:07ZZ", false}, {"1985-06-18T24:00:00Z", false}, {"1985-06-18T25:00:00", false},
		{"1985-06-18T17:60:00", false}, {"1985-06-18T17:04:60", false}, {"1990-12-31T23:59:60Z", false},
		{"1985-06-18T17:04:61Z", false}, {"1985-06-18T17:04:07.Z", false}, {"1985-06-18T17:04:07.", false},
		{"1985-06-18T", false}, {"1985-06-18T17", false}, {"1985-06-18T17:", false}, {"1985-06-18T1:04:07", false},
		{"1985-06-18TT17:04:07", false}, {"1985-06-1817:04:07", false}, {"1985-06-18 17:04:07 18", false},
		{"1985-13-01", false}, {"1985-00-01", false}, {"1985-01-00", false}, {"1985-01-32", false}, {"1985-04-31", false},
		{"1985-02-29", false}, {"1900-02-29", false}, {"1985-1-01", false}, {"1985-01-1", false}, {"1985-01-011", false},
		{"1985-06", false}, {"1985-06-18Z", false}, {"1985-06-18+12:00", false}, {"1985-06-18T17:04:07-", false},
		{"24:00:00", false}, {"17:60:00", false}, {"17:04:60", false}, {"17:04:7", false}, {"17:04:07Z", false},
		{"17:04:07+01:00", false}, {"17:04:07.", false}, {"17:", false}, {"17:04:", false}, {"17:04:07:08", false}, {"17:04:07.1.2", false},
	} {
		for _, around := range []struct {
			text         string
			line, column int
		}{
			{"a = %s", 1, 5}, {"[t]\nx = 1\na = %s # comment", 3, 5}, {"[[t]]\n\ta.b = %s\r\n", 2, 8},
			{"a = [1, %s, 2]", 1, 9}, {"a = [\n  1,\n  %s\n]", 3, 3}, {"a = { b = [%s], c = 1 }", 1, 12}, {"a = { b.c = %s }", 1, 13},
		} {
			text := fmt.Sprintf(around.text, c.text)
			want := fmt.Sprintf("line %d, column %d: %s", around.line, around.column, reasonNoDate)
			_, err := Parse([]byte(text))
			if c.valid && err != nil || !c.valid && (err == nil || err.Error() != want) {
				t.Errorf("%q: got %v, want valid %v", text, err, c.valid)
			}
		}
		if _, err := Parse([]byte("'" + c.text + "' = 1\n")); err != nil {
			t.Errorf("%q as a key: got %v, want no error", c.text, err)
		}
	}
}

// A text that spells a date takes the place of a date without quotes, and one that does
// not is a string there. So do inf and nan in the place of a float.
func TestEdit_datesStayDates(t *testing.T) {
	for _, c := range []struct{ before, want, after string }{
		{"a = 1979-05-27T07:32:00Z # b\n", "1980-05-27T07:32:00Z", "a = 1980-05-27T07:32:00Z # b\n"},
		{"a = 1979-05-27\n", "1980-01-02", "a = 1980-01-02\n"},
		{"a = 1979-05-27\n", "1980-01-02T00:00:00", "a = 1980-01-02T00:00:00\n"},
		{"a = 07:32:00\n", "07:33:00", "a = 07:33:00\n"},
		{"a = [1979-05-27, 1980-05-27] # b\n", "1981-01-01", "a = [1981-01-01, 1980-05-27] # b\n"},
		{"a = inf\n", "-inf", "a = -inf\n"},
		{"a = 1.5\n", "nan", "a = nan\n"},
		{"a = 1.5\n", "2.5", "a = \"2.5\"\n"},
		{"a = 1979-05-27\n", "1980-02-30", "a = \"1980-02-30\"\n"},
		{"a = 1979-05-27\n", "1980-01-02 # c", "a = \"1980-01-02 # c\"\n"},
		{"a = 1979-05-27\n", "1980-01-02\nb = 1", "a = \"\"\"\n1980-01-02\nb = 1\"\"\"\n"},
		{"a = 1979-05-27\n", "", "a = \"\"\n"},
		{"a = \"1979-05-27\"\n", "1980-01-02", "a = \"1980-01-02\"\n"},
		{"a = 5\n", "1980-01-02", "a = \"1980-01-02\"\n"},
	} {
		d, err := Parse([]byte(c.before))
		if err != nil {
			t.Fatal(err)
		}
		var want any = c.want
		if list, isList := d.Tree()["a"].([]any); isList {
			want = []any{c.want, list[1]}
		}
		next, _, err := d.Edit(tree.Object{"a": want}, byID)
		if err != nil {
			t.Errorf("%q, %q: %v", c.before, c.want, err)
			continue
		}
		if got := string(next.Text()); got != c.after {
			t.Errorf("%q, %q:\n got %q\nwant %q", c.before, c.want, got, c.after)
		}
	}
}
