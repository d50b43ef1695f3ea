package order

import (
	"cmp"
	"slices"
)

// numbered is a task and how many were accepted before it.
type numbered[T any] struct {
	task   T
	number uint64
}

// byAcceptance returns the tasks, oldest first.
func byAcceptance[T any](all []numbered[T]) []T {
	slices.SortFunc(all, func(a, b numbered[T]) int { return cmp.Compare(a.number, b.number) })
	var tasks []T
	for _, it := range all {
		tasks = append(tasks, it.task)
	}
	return tasks
}
