package store

import (
	"context"
	"sync/atomic"
)

// MaxHistoryRead is how many bytes of the history one request reads.
const MaxHistoryRead = 64 << 20

// HistoryBudget is how much of the history one request may still read, in bytes.
// A history can come with a cloned repository, and be of any size.
type HistoryBudget struct {
	left  atomic.Int64
	whole *HistoryBudget // that this one is a part of, or nil
}

// NewHistoryBudget returns the budget of a new request.
func NewHistoryBudget() *HistoryBudget {
	b := new(HistoryBudget)
	b.left.Store(MaxHistoryRead)
	return b
}

// Spend subtracts a cost, and reports whether enough was left.
func (b *HistoryBudget) Spend(cost int64) bool {
	return b.left.Add(-cost) >= 0 && (b.whole == nil || b.whole.Spend(cost))
}

// Half returns a budget of half of what is left, which is spent from b too: for a
// search that the request can do without.
func (b *HistoryBudget) Half() *HistoryBudget { return b.Part(MaxHistoryRead) }

// Part is Half of at most n bytes.
func (b *HistoryBudget) Part(n int64) *HistoryBudget {
	part := &HistoryBudget{whole: b}
	part.left.Store(max(0, min(n, b.left.Load()/2)))
	return part
}

type budgetKey struct{}

// WithHistoryBudget returns a context in which all calls of a Store read from one
// HistoryBudget: that of ctx, if it has one. Without it each call has its own.
func WithHistoryBudget(ctx context.Context) context.Context {
	if _, ok := ctx.Value(budgetKey{}).(*HistoryBudget); ok {
		return ctx
	}
	return context.WithValue(ctx, budgetKey{}, NewHistoryBudget())
}

// HistoryBudgetOf returns the budget of a context, or a new one if it has none.
func HistoryBudgetOf(ctx context.Context) *HistoryBudget {
	if b, ok := ctx.Value(budgetKey{}).(*HistoryBudget); ok {
		return b
	}
	return NewHistoryBudget()
}
