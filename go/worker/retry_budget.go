package worker

import (
	"sync"
	"time"

	"capstan/contract"
)

// retryBudget says whether a failed task may come back soon: retries are to be no more than a share
// of all attempts, or they would multiply the load on what is failing. Safe for concurrent use.
type retryBudget struct {
	rule *contract.RetryBudget // nil: no bound

	mu     sync.Mutex
	recent *window // retries of attempts
}

func newRetryBudget(rule *contract.RetryBudget) *retryBudget {
	b := &retryBudget{rule: rule}
	if rule != nil {
		b.recent = newWindow(contract.Seconds(rule.WindowSeconds))
	}
	return b
}

// began counts an attempt.
func (b *retryBudget) began(now time.Time) {
	if b.rule == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.recent.add(now, 0, 1)
}

// spend takes a retry from the budget, or says that there is none left.
func (b *retryBudget) spend(now time.Time) bool {
	if b.rule == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	retries, attempts := b.recent.sum(now)
	if retries >= b.rule.Least && float64(retries+1) > b.rule.Share*float64(attempts) {
		return false
	}
	b.recent.add(now, 1, 0)
	return true
}
