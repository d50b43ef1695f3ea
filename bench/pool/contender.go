package main

// setting is what all contenders of a suite are given.
type setting struct {
	workers int
	queue   int // tasks that may wait; contenders without a queue, or without a bound on it, say so in their names
}

// contender is a way to run tasks on a bounded number of goroutines.
type contender struct {
	name string
	// open returns a session that runs handle for each task. Submit blocks while the bound is reached.
	open func(s setting, handle func(task int)) session
	// alone runs n tasks without a pool; instead of open.
	alone func(s setting, n int, handle func(task int))
	// try is for suites about refusals.
	try func(s setting, handle func(task int)) trySession
}

type session struct {
	submit func(task int)
	close  func() // when all tasks have ended
}

type trySession struct {
	try   func(task int) bool
	close func()
}

// must ends the program: a contender that refuses a task in a benchmark measures nothing.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
