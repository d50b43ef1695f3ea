package adaptive_test

import (
	"fmt"
	"time"

	"capstan/adaptive"
)

// A worker's runtime does this by itself: it begins with the planned slots, and resizes its pool with each
// change.
func Example() {
	slots := 20
	limit := adaptive.Open(2, slots, func(n int) { slots = n })
	for range 3 {
		end := limit.Start()
		time.Sleep(time.Millisecond) // the task
		end(true)                    // it was done; a failure would not count
	}
	fmt.Println(slots, "slots: tasks take as long as they did")
	// Output: 20 slots: tasks take as long as they did
}
