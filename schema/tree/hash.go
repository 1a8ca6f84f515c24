package tree

import "hash/maphash"

// hash returns the same number for values that are Equal.
func hash(seed maphash.Seed, v any) uint64 {
	switch v := v.(type) {
	case map[string]any:
		sum := uint64(len(v)) // a sum, because members have no order
		for name, e := range v {
			sum += maphash.String(seed, name) ^ mix(hash(seed, e))
		}
		return mix(sum)
	case []any:
		sum := ^uint64(len(v))
		for _, e := range v {
			sum = mix(sum ^ hash(seed, e))
		}
		return sum
	case int64:
		return hash(seed, float64(v))
	case uint64:
		return hash(seed, float64(v))
	case float64:
		if v != v {
			return 1 // maphash gives NaN a random hash
		}
		return maphash.Comparable(seed, v)
	default:
		return maphash.Comparable(seed, v)
	}
}

// mix spreads a number's bits (the finalizer of SplitMix64).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
