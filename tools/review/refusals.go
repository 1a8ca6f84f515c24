package review

import (
	"slices"
	"time"

	"realmconf/tools/policy"
)

const (
	firstPause  = time.Minute // after the first no to a question
	maxPause    = time.Hour
	maxRefusals = 256
)

// refusals are the held changes to which a person said no. Each is refused without
// asking for a minute, and for twice as long after each further no. The pauses are
// measured by the running clock: nobody can shorten one by setting the time. The zero
// value works.
type refusals struct {
	list []refusal // the one that was added first is the first
}

type refusal struct {
	held  policy.Fingerprint
	pause time.Duration
	end   time.Duration // of the pause, by the running clock
}

// add records a no. A no that comes within a pause, to a question that was asked
// before it, does not make it longer.
func (r *refusals) add(held policy.Fingerprint, now Instant) {
	next := refusal{held, firstPause, now.Running + firstPause}
	if i := r.index(held); i >= 0 {
		last := r.list[i]
		if now.Running < last.end {
			return
		}
		if now.Running < last.end+maxPause {
			next.pause = min(2*last.pause, maxPause)
			next.end = now.Running + next.pause
		}
		r.list = slices.Delete(r.list, i, i+1)
	}
	r.list = append(r.list, next)
	if len(r.list) > maxRefusals {
		r.list = slices.Delete(r.list, 0, 1)
	}
}

// remove forgets a no, which the person has taken back.
func (r *refusals) remove(held policy.Fingerprint) {
	if i := r.index(held); i >= 0 {
		r.list = slices.Delete(r.list, i, i+1)
	}
}

// left returns how much of a pause is left.
func (r *refusals) left(held policy.Fingerprint, now Instant) time.Duration {
	i := r.index(held)
	if i < 0 {
		return 0
	}
	return max(0, r.list[i].end-now.Running)
}

func (r *refusals) index(held policy.Fingerprint) int {
	return slices.IndexFunc(r.list, func(f refusal) bool { return f.held == held })
}
