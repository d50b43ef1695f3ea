//go:build race

package main

// The race detector makes pixel loops ten times slower: large photos are left to
// the run without it.
func init() { largestExample = 300_000 }
