package service

import (
	"container/list"
	"context"
	"errors"
	"sync"
	"time"
)

var (
	// errFull: all slots are taken, and so is the waiting room.
	errFull = errors.New("the waiting room is full")
	// errWaited: no slot came free in time.
	errWaited = errors.New("no slot came free in time")
)

// gate lets a number of requests in at once, and lets some more wait, first come, first served.
// Safe for concurrent use.
type gate struct {
	slots, room int
	longestWait time.Duration

	mu         sync.Mutex
	busy       int
	waiting    list.List // of chan struct{}, closed when the slot is handed over
	idle       chan struct{}
	busyTime   time.Duration // integral of busy over time
	slotTime   time.Duration
	integrated time.Time // up to here
}

func newGate(slots, room int, longestWait time.Duration) *gate {
	return &gate{slots: slots, room: room, longestWait: longestWait, integrated: time.Now()}
}

// enter takes a slot; leave gives it back. The error is errFull, errWaited, or ctx's.
func (g *gate) enter(ctx context.Context) error {
	g.mu.Lock()
	if g.busy < g.slots {
		g.count(1)
		g.mu.Unlock()
		return nil
	}
	if g.waiting.Len() >= g.room {
		g.mu.Unlock()
		return errFull
	}
	called := make(chan struct{})
	place := g.waiting.PushBack(called)
	g.mu.Unlock()
	timer := time.NewTimer(g.longestWait)
	defer timer.Stop()
	select {
	case <-called:
		return nil
	case <-timer.C:
		return g.giveUp(place, called, errWaited)
	case <-ctx.Done():
		return g.giveUp(place, called, ctx.Err())
	}
}

// giveUp leaves the waiting room, unless a slot came at the last moment.
func (g *gate) giveUp(place *list.Element, called chan struct{}, why error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-called:
		return nil
	default:
		g.waiting.Remove(place)
		return why
	}
}

// leave hands the slot to who has waited longest.
func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if first := g.waiting.Front(); first != nil {
		close(g.waiting.Remove(first).(chan struct{}))
		return
	}
	g.count(-1)
	if g.busy == 0 && g.idle != nil {
		close(g.idle)
		g.idle = nil
	}
}

// count changes busy. The mutex is held.
func (g *gate) count(by int) {
	g.integrate()
	g.busy += by
}

func (g *gate) integrate() {
	now := time.Now()
	span := now.Sub(g.integrated)
	g.busyTime += span * time.Duration(g.busy)
	g.slotTime += span * time.Duration(g.slots)
	g.integrated = now
}

// gateStats is one picture of a gate.
type gateStats struct {
	busy, waiting      int
	busyTime, slotTime time.Duration
}

func (g *gate) stats() gateStats {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.integrate()
	return gateStats{g.busy, g.waiting.Len(), g.busyTime, g.slotTime}
}

// awaitIdle blocks until nothing is in flight, or ctx ends.
func (g *gate) awaitIdle(ctx context.Context) error {
	g.mu.Lock()
	if g.busy == 0 {
		g.mu.Unlock()
		return nil
	}
	if g.idle == nil {
		g.idle = make(chan struct{})
	}
	idle := g.idle
	g.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
