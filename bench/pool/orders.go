package main

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"capstan/pool"
	"capstan/pool/order"
)

const (
	orderedKeys = 1000
	serialTasks = 3000
	serialKeys  = 200
	serialSleep = time.Millisecond
	sharers     = 16
)

func keyOf(task int) int { return task % orderedKeys }

// ordered is the pool with another order, or another bound, in the place of the plain one.
func ordered(name string, choose func(*pool.Config[int]) error) contender {
	return contender{name: name, open: func(s setting, handle func(int)) session {
		config := pool.Config[int]{
			Workers: s.workers, Queue: s.queue,
			Handle: func(_ context.Context, task int) error {
				handle(task)
				return nil
			},
		}
		must(choose(&config))
		p, err := pool.New(config)
		must(err)
		return session{
			submit: func(task int) { must(p.Submit(context.Background(), task)) },
			close:  func() { p.Drain(context.Background()) },
		}
	}}
}

// distinct keeps the tasks of a barrier from waiting for each other in one key.
func distinct(task int) int {
	if task == arrival {
		return -1
	}
	return keyOf(task)
}

var variants = []contender{
	capstan,
	ordered("capstan, sizes", func(c *pool.Config[int]) error {
		c.MaxSize, c.Size = 1<<40, func(task int) int64 { return int64(task & 1023) }
		return nil
	}),
	ordered("capstan, fair, 1,000 keys", func(c *pool.Config[int]) (err error) {
		c.Order, err = order.Fair(order.FairConfig[int, int]{
			Key: distinct, Running: func(int) int { return fewWorkers }, Held: func(int) int { return 1 << 30 },
		})
		return err
	}),
	ordered("capstan, priority, 4 classes", func(c *pool.Config[int]) (err error) {
		c.Order, err = order.Priority(order.PriorityConfig[int]{Of: func(task int) int { return task & 3 }, Overtakes: 100})
		return err
	}),
}

// serialSuite measures tasks of one key that must not run at the same time: 200 keys of which some come more often,
// 16 workers, tasks that sleep for 1 ms. Those who know no keys pin each to a worker of its own.
func serialSuite() suite {
	return suite{
		name: "keys", title: "1 ms of sleep, 16 workers, one at a time for each of 200 uneven keys",
		contenders: []contender{
			ordered("capstan, serial", func(c *pool.Config[int]) (err error) {
				c.Order, err = order.Serial(func(task int) int { return task })
				return err
			}),
			{name: "channel for each worker", open: pinned},
		},
		measure: func(c contender, scale float64) sample {
			n := max(300, int(serialTasks*scale))
			random := rand.New(rand.NewPCG(1, 2))
			uneven := rand.NewZipf(random, 1.1, 20, serialKeys-1)
			tasks := make([]int, n)
			for i := range tasks {
				tasks[i] = int(uneven.Uint64())
			}
			var inside [serialKeys]atomic.Int32
			cpu, began := cpuTime(), time.Now()
			s := c.open(setting{workers: sharers, queue: queueLength}, func(key int) {
				if inside[key].Add(1) > 1 {
					panic(c.name + " runs two of a key at once")
				}
				time.Sleep(serialSleep)
				inside[key].Add(-1)
			})
			for _, key := range tasks {
				s.submit(key)
			}
			s.close()
			return sample{"ns": perTask(time.Since(began), n), "cpuNs": perTask(cpuTime()-cpu, n)}
		},
	}
}

// pinned gives each key one of the workers, by the key; the queue is shared out among them.
func pinned(s setting, handle func(int)) session {
	lanes := make([]chan int, s.workers)
	var all sync.WaitGroup
	for i := range lanes {
		lanes[i] = make(chan int, s.queue/s.workers)
		all.Go(func() {
			for key := range lanes[i] {
				handle(key)
			}
		})
	}
	return session{
		submit: func(key int) { lanes[key%len(lanes)] <- key },
		close: func() {
			for _, lane := range lanes {
				close(lane)
			}
			all.Wait()
		},
	}
}
