package redis

import (
	"context"
	"slices"
	"strings"

	"capstan/queue"
)

var _ queue.Drifter = (*Queue)(nil)

// Drift implements [queue.Drifter]: the stream belongs to one group. Another one that somebody adds
// would lose the tasks that this one removes, and this one those that the other removes.
func (q *Queue) Drift(ctx context.Context) ([]queue.Difference, error) {
	ctx, cancel := q.whileOpen(ctx)
	defer cancel()
	groups, err := q.client.XInfoGroups(ctx, q.keys.stream).Result()
	if err != nil {
		return nil, q.explain(ctx, err)
	}
	names := make([]string, len(groups))
	for i, group := range groups {
		names[i] = group.Name
	}
	slices.Sort(names)
	if slices.Equal(names, []string{q.config.Group}) {
		return nil, nil
	}
	return []queue.Difference{{Field: "groups of " + q.config.Stream, Wanted: q.config.Group, Got: strings.Join(names, " and ")}}, nil
}
