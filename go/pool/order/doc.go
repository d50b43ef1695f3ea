// Package order has orders in which a pool starts its tasks, other than that of
// acceptance. One is given to [pool.Config].Order and serves that pool only:
//
//   - [Serial] runs the tasks of one key one after another, and different keys at the same
//     time, without giving a key a worker of its own;
//   - [Fair] lets keys, such as tenants, take turns, and limits how many tasks of a key
//     run at once and how many it may have in the pool;
//   - [Priority] starts urgent tasks first, and lets the others age, so that none waits
//     for ever.
//
// They decide among the tasks that were accepted. Those that are blocked in Submit are
// still accepted in the order of their arrival, so the queue must be long enough for an
// order to have a choice: with a Queue of 0 it has none.
//
// The functions that are given to an order are called under the pool's lock: they must be
// quick, must not call the pool, and must always say the same of a task, until it has
// ended.
package order
