package order_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"capstan/pool"
	"capstan/pool/order"
)

// job is a task of the tests. Its id is its number, unless it is refused.
type job struct {
	id         int
	key, class int
}

// rules are what an order promises, said without saying how it keeps it.
type rules struct {
	running, held, weight func(key int) int // by key; nil where the order knows no keys
	overtakes             int               // of a priority order, else 0
}

// checker leads an order through operations and notes what contradicts the rules.
type checker struct {
	rules
	order  pool.Order[job]
	queued []job // oldest first
	active []job
	passed map[int]map[int]int // how often other keys started while the key could and did not
	next   int
	found  []string
}

func (c *checker) note(format string, args ...any) {
	c.found = append(c.found, fmt.Sprintf(format, args...))
}

func count(jobs []job, key int) int {
	n := 0
	for _, j := range jobs {
		if j.key == key {
			n++
		}
	}
	return n
}

// startable is how many tasks of a key could start.
func (c *checker) startable(key int) int {
	return min(count(c.queued, key), c.running(key)-count(c.active, key))
}

func (c *checker) ready() int {
	if c.running == nil {
		return len(c.queued)
	}
	sum := 0
	for _, key := range c.keys() {
		sum += c.startable(key)
	}
	return sum
}

func (c *checker) keys() []int {
	var keys []int
	for _, j := range c.queued {
		if !slices.Contains(keys, j.key) {
			keys = append(keys, j.key)
		}
	}
	return keys
}

func (c *checker) push(key, class int) {
	j := job{c.next, key, class}
	err := c.order.Push(j, uint64(j.id))
	full := c.held != nil && count(c.queued, key)+count(c.active, key) >= c.held(key)
	if full != (err != nil) {
		c.note("a task was refused: %t, and its key was full: %t", err != nil, full)
	}
	if err == nil {
		c.queued = append(c.queued, j)
		c.next++
	} else if !errors.Is(err, order.ErrKeyFull) {
		c.note("refused with %v", err)
	}
}

func (c *checker) pop() {
	if c.ready() == 0 || c.order.Ready() == 0 {
		return // compare has a look at the difference
	}
	j, number := c.order.Pop()
	at := slices.Index(c.queued, j)
	if at < 0 || number != uint64(j.id) {
		c.note("popped %v with number %d, which is not queued", j, number)
		return
	}
	if c.running != nil {
		c.checkKeys(j, at)
	} else {
		c.checkClasses(j, at)
	}
	c.queued = slices.Delete(c.queued, at, at+1)
	c.active = append(c.active, j)
}

func (c *checker) checkKeys(j job, at int) {
	if count(c.queued[:at], j.key) > 0 {
		c.note("a task started before an older one of its key")
	}
	if count(c.active, j.key) >= c.running(j.key) {
		c.note("too many of a key run")
	}
	for _, key := range c.keys() {
		if key == j.key || c.startable(key) == 0 {
			delete(c.passed, key)
			continue
		}
		if c.passed[key] == nil {
			c.passed[key] = map[int]int{}
		}
		if c.passed[key][j.key]++; c.passed[key][j.key] > c.weight(j.key) {
			c.note("a key had to wait for two turns of another")
		}
	}
}

func (c *checker) checkClasses(j job, at int) {
	for i, other := range c.queued {
		switch {
		case i < at && other.class == j.class:
			c.note("a task started before an older one of its class")
		case i < at && other.class < j.class:
			c.note("a task started before an older and more urgent one")
		case i < at:
			if j.id-other.id > (other.class-j.class)*c.overtakes {
				c.note("a task was overtaken by one that came too late for that")
			}
		case i > at && other.class < j.class && other.id-j.id <= (j.class-other.class)*c.overtakes:
			c.note("an urgent task did not overtake")
		}
	}
}

func (c *checker) finish(which int) {
	if len(c.active) == 0 {
		return
	}
	at := which % len(c.active)
	c.order.Finish(c.active[at])
	c.active = slices.Delete(c.active, at, at+1)
}

func (c *checker) compare() {
	if got, want := c.order.Ready(), c.ready(); got != want {
		c.note("%d are ready, want %d", got, want)
	}
	if c.running == nil {
		return
	}
	for key := range c.passed { // those that cannot start now do not wait for a turn
		if c.startable(key) == 0 {
			delete(c.passed, key)
		}
	}
}

// lead runs operations drawn at random and returns what it has found.
func lead(seed uint64, o pool.Order[job], r rules) []string {
	random := rand.New(rand.NewPCG(seed, 1))
	c := &checker{rules: r, order: o, passed: map[int]map[int]int{}}
	pushes := 3 + random.IntN(4) // of ten
	for range 400 {
		switch n := random.IntN(10); {
		case n < pushes:
			c.push(min(random.IntN(6), random.IntN(6)), random.IntN(4))
		case n < 8:
			c.pop()
		default:
			c.finish(random.IntN(100))
		}
		c.compare()
		if len(c.found) > 0 {
			return c.found
		}
	}
	if rest := o.Rest(); !slices.Equal(rest, c.queued) {
		c.note("the rest is %v, want %v", rest, c.queued)
	}
	c.queued = nil
	c.compare()
	for len(c.active) > 0 {
		c.finish(0)
	}
	return c.found
}

func keyOf(j job) int   { return j.key }
func classOf(j job) int { return j.class }

func one(int) int           { return 1 }
func runningOf(key int) int { return 1 + key%3 }
func heldOf(key int) int    { return 2 + 3*key }
func weightOf(key int) int  { return 1 + key%2 }

// orders are the orders of the package and their rules.
func orders(t testing.TB) map[string]struct {
	order pool.Order[job]
	rules rules
} {
	t.Helper()
	serial, err1 := order.Serial(keyOf)
	fair, err2 := order.Fair(order.FairConfig[job, int]{Key: keyOf, Running: runningOf, Held: heldOf, Weight: weightOf})
	urgent, err3 := order.Priority(order.PriorityConfig[job]{Of: classOf, Overtakes: 3})
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	return map[string]struct {
		order pool.Order[job]
		rules rules
	}{
		"Serial":   {serial, rules{running: one, weight: one}},
		"Fair":     {fair, rules{running: runningOf, held: heldOf, weight: weightOf}},
		"Priority": {urgent, rules{overtakes: 3}},
	}
}

func TestOrdersKeepTheirRules(t *testing.T) {
	for name := range orders(t) {
		for seed := range uint64(100) {
			it := orders(t)[name]
			if found := lead(seed, it.order, it.rules); len(found) > 0 {
				t.Fatalf("%s, seed %d: %q", name, seed, found)
			}
		}
	}
}

// faulty is an order with a planted fault.
type faulty struct {
	pool.Order[job]
	push   func(o pool.Order[job], j job, number uint64) error
	pop    func(o pool.Order[job]) (job, uint64)
	finish func(o pool.Order[job], j job)
	rest   func(o pool.Order[job]) []job
}

func (f faulty) Push(j job, number uint64) error {
	if f.push != nil {
		return f.push(f.Order, j, number)
	}
	return f.Order.Push(j, number)
}

func (f faulty) Pop() (job, uint64) {
	if f.pop != nil {
		return f.pop(f.Order)
	}
	return f.Order.Pop()
}

func (f faulty) Finish(j job) {
	if f.finish != nil {
		f.finish(f.Order, j)
		return
	}
	f.Order.Finish(j)
}

func (f faulty) Rest() []job {
	if f.rest != nil {
		return f.rest(f.Order)
	}
	return f.Order.Rest()
}

func TestTheCheckerFindsPlantedFaults(t *testing.T) {
	reversed := func(o pool.Order[job]) (job, uint64) { // the last of what is ready
		var all []job
		for o.Ready() > 0 {
			j, _ := o.Pop()
			all = append(all, j)
		}
		last := all[len(all)-1]
		for _, j := range all {
			o.Finish(j)
		}
		for _, j := range all[:len(all)-1] {
			_ = o.Push(j, uint64(j.id))
		}
		return last, uint64(last.id)
	}
	greedy, err := order.Fair(order.FairConfig[job, int]{Key: keyOf, Running: runningOf, Held: heldOf, Weight: func(int) int { return 9 }})
	unlimited, err2 := order.Fair(order.FairConfig[job, int]{Key: keyOf, Running: func(int) int { return 9 }, Held: heldOf, Weight: weightOf})
	ageless, err3 := order.Priority(order.PriorityConfig[job]{Of: classOf, Overtakes: 1000})
	flat, err4 := order.Priority(order.PriorityConfig[job]{Of: func(job) int { return 0 }, Overtakes: 3})
	if err := errors.Join(err, err2, err3, err4); err != nil {
		t.Fatal(err)
	}
	forgets := 0
	for name, plant := range map[string]struct {
		of    string
		order func(sound pool.Order[job]) pool.Order[job]
	}{
		"pops the newest":        {"Priority", func(o pool.Order[job]) pool.Order[job] { return faulty{Order: o, pop: reversed} }},
		"gives a key long turns": {"Fair", func(pool.Order[job]) pool.Order[job] { return greedy }},
		"has no limit":           {"Fair", func(pool.Order[job]) pool.Order[job] { return unlimited }},
		"does not age":           {"Priority", func(pool.Order[job]) pool.Order[job] { return ageless }},
		"knows no classes":       {"Priority", func(pool.Order[job]) pool.Order[job] { return flat }},
		"loses one of the rest": {"Serial", func(o pool.Order[job]) pool.Order[job] {
			return faulty{Order: o, rest: func(o pool.Order[job]) []job { rest := o.Rest(); return rest[min(1, len(rest)):] }}
		}},
		"forgets that a task ran": {"Serial", func(o pool.Order[job]) pool.Order[job] {
			return faulty{Order: o, finish: func(o pool.Order[job], j job) {
				if forgets++; forgets%50 != 0 {
					o.Finish(j)
				}
			}}
		}},
		"takes too many of a key": {"Fair", func(o pool.Order[job]) pool.Order[job] {
			return faulty{Order: o, push: func(o pool.Order[job], j job, number uint64) error {
				if err := o.Push(j, number); err != nil {
					return o.Push(job{j.id, j.key + 100, j.class}, number)
				}
				return nil
			}}
		}},
	} {
		caught := false
		for seed := uint64(0); seed < 20 && !caught; seed++ {
			it := orders(t)[plant.of]
			caught = len(lead(seed, plant.order(it.order), it.rules)) > 0
		}
		if !caught {
			t.Errorf("an order that %s is not found out", name)
		}
	}
}
