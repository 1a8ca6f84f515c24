package review

import "time"

// Lifetime is how long a question can be answered, and how long a yes counts that no
// write has used. LifetimeText says it in words.
const (
	Lifetime     = 10 * time.Minute
	LifetimeText = "ten minutes"
)

// MaxQuestions is how many questions wait for a person at the same time, of one server or
// one connection, and how many consents wait for their writes.
const MaxQuestions = 16
