package queue_test

import (
	"path/filepath"
	"testing"

	"capstan/queue"
)

func TestFolderDeadLettersLieBelowAnyPath(t *testing.T) {
	for _, name := range []string{"plain", "[a-b]", "[", "*", "?", `\`} {
		t.Run(name, func(t *testing.T) {
			f := newFolders(t, "a", "b", "c")
			f.state = filepath.Join(f.state, name)
			for index := range 2 {
				config := f.config()
				config.Shard = queue.Shard{Index: index, Count: 2}
				q, err := queue.OpenFolder(config)
				f.must(err)
				batch, err := q.Fetch(t.Context(), 3)
				f.must(err)
				for _, d := range batch {
					f.must(q.Dead(t.Context(), d, "corrupt"))
				}
				f.must(q.Close())
			}
			letters, err := queue.OpenFolderDeadLetters(f.state)
			f.must(err)
			listed, err := letters.List(t.Context(), "", 10)
			f.must(err)
			if len(listed) != 3 {
				t.Fatalf("listed %+v, want a, b and c", listed)
			}
			for _, it := range listed {
				f.must(letters.Replay(t.Context(), it.Letter))
			}
		})
	}
}
