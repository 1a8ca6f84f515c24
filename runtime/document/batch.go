package document

// batch is a row of scalars, and those among them that the TOML decoder reads at once.
// Most scalars are plain, and few are left for the decoder. It takes a third of the time for
// a text of many other numbers: most of them are spelled like one that was decoded.
type batch struct {
	fresh []int32 // the scalars to decode
	like  []int32 // for each scalar of the row, the one that has its value: itself or an earlier one

	spelled map[spelling]int32 // the first scalar of each short spelling; nil for a short text
}

// spelling is the text of a scalar that is shorter, with its length at the end.
type spelling [16]byte

const (
	batchBytes   = 16 << 10 // few enough for the memory that the TOML decoder needs
	batchScalars = 4096
	fewScalars   = 256  // to look for equal spellings among so many does not pay
	maxSpellings = 4096 // a bound of memory
)

// prepare makes room for some scalars, which come in one or more batches.
func (b *batch) prepare(scalars int) {
	room := min(scalars, batchScalars)
	b.fresh, b.like = make([]int32, 0, room), make([]int32, 0, room)
	if scalars > fewScalars {
		b.spelled = make(map[spelling]int32)
	}
}

// fillBatch makes a batch of scalars from first on, before end, and returns the end of
// its row.
func (d *decoder) fillBatch(first, end int) int {
	b := &d.batch
	b.fresh, b.like = b.fresh[:0], b.like[:0]
	for length := 0; first < end && length < batchBytes && len(b.like) < batchScalars; first++ {
		v := d.spelled[first]
		if v.inner != nil {
			b.like = append(b.like, v.index) // its scalars follow
			continue
		}
		like := b.firstLike(d.text[v.start():v.end()], v.index)
		b.like = append(b.like, like)
		if like != v.index {
			continue
		}
		if d.values[first] = d.plainValue(v); d.values[first] == nil {
			b.fresh = append(b.fresh, v.index)
			length += v.end() - v.start()
		}
	}
	return first
}

// firstLike returns the first scalar that is spelled like one of an index.
func (b *batch) firstLike(raw []byte, index int32) int32 {
	var s spelling
	if b.spelled == nil || len(raw) >= len(s) {
		return index
	}
	copy(s[:], raw)
	s[len(s)-1] = byte(len(raw))
	if first, isKnown := b.spelled[s]; isKnown {
		return first
	}
	if len(b.spelled) < maxSpellings {
		b.spelled[s] = index
	}
	return index
}
