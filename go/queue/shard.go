package queue

import (
	"fmt"
	"hash/fnv"
	"path/filepath"
)

// Shard is the part of a finite source that one of several processes takes. The zero value is all
// of it.
type Shard struct {
	// Index of this process, from 0, less than Count.
	Index int
	// Count is the number of shards; 0 and 1 mean one.
	Count int
}

// Has says whether the task with this id is in the shard: FNV-1a of the id, 64 bits, mod Count.
func (s Shard) Has(id string) bool {
	if s.Count <= 1 {
		return true
	}
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(id)) // never fails
	return hash.Sum64()%uint64(s.Count) == uint64(s.Index)
}

func (s Shard) validate() error {
	if s.Count < 0 || s.Index < 0 || s.Index > 0 && s.Index >= s.Count {
		return fmt.Errorf("folder queue: Shard must have an index from 0 to less than its count, got %d of %d", s.Index, s.Count)
	}
	return nil
}

// shardPattern matches the names that state gives to folders.
const shardPattern = "shard-*-of-*"

// state is where the process of this shard keeps its state, below that of all.
func (s Shard) state(folder string) string {
	if s.Count <= 1 {
		return folder
	}
	return filepath.Join(folder, fmt.Sprintf("shard-%d-of-%d", s.Index, s.Count))
}
