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

// refusals are the questions to which a person said no. Each is refused without
// asking for a minute, and for twice as long after each further no. The zero value
// works.
type refusals struct {
	list []refusal // the one that was added first is the first
}

type refusal struct {
	subject policy.Fingerprint
	pause   time.Duration
	end     time.Time // of the pause
}

// add records a no. A no that comes within a pause, to a question that was asked
// before it, does not make it longer.
func (r *refusals) add(subject policy.Fingerprint, now time.Time) {
	next := refusal{subject, firstPause, now.Add(firstPause)}
	if i := r.index(subject); i >= 0 {
		last := r.list[i]
		if now.Before(last.end) {
			return
		}
		if now.Before(last.end.Add(maxPause)) {
			next.pause = min(2*last.pause, maxPause)
			next.end = now.Add(next.pause)
		}
		r.list = slices.Delete(r.list, i, i+1)
	}
	r.list = append(r.list, next)
	if len(r.list) > maxRefusals {
		r.list = slices.Delete(r.list, 0, 1)
	}
}

// remove forgets a no, which the person has taken back.
func (r *refusals) remove(subject policy.Fingerprint) {
	if i := r.index(subject); i >= 0 {
		r.list = slices.Delete(r.list, i, i+1)
	}
}

// left returns how much of a question's pause is left.
func (r *refusals) left(subject policy.Fingerprint, now time.Time) time.Duration {
	i := r.index(subject)
	if i < 0 {
		return 0
	}
	return max(0, r.list[i].end.Sub(now))
}

func (r *refusals) index(subject policy.Fingerprint) int {
	return slices.IndexFunc(r.list, func(f refusal) bool { return f.subject == subject })
}
