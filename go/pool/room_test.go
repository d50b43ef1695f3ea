package pool_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"capstan/pool"
)

type roomAnswer struct {
	room int
	err  error
}

// asking calls Room from a goroutine of its own.
func asking(ctx context.Context, p *pool.Pool[int], least int) chan roomAnswer {
	answer := make(chan roomAnswer, 1)
	go func() {
		room, err := p.Room(ctx, least)
		answer <- roomAnswer{room, err}
	}()
	synctest.Wait()
	return answer
}

func TestRoomWaitsForTheRoomAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		p := open(t, pool.Config[int]{Workers: 2, Queue: 3, Handle: g.handle})
		if got := <-asking(bg, p, 5); got != (roomAnswer{5, nil}) {
			t.Errorf("an empty pool: %+v, want its bound", got)
		}
		if n, err := p.SubmitBatch(bg, []int{0, 1, 2, 3}); n != 4 || err != nil {
			t.Fatal(n, err)
		}
		one, three := asking(bg, p, 1), asking(bg, p, 3)
		if got := <-one; got != (roomAnswer{1, nil}) {
			t.Errorf("one left: %+v", got)
		}
		synctest.Wait()
		g.finish(0, nil)
		synctest.Wait()
		if len(three) > 0 {
			t.Fatalf("asked for 3, got %+v with 2 free", <-three)
		}
		g.finish(1, nil)
		if got := <-three; got != (roomAnswer{3, nil}) {
			t.Errorf("asked for 3: %+v", got)
		}
		g.finishAll(synctest.Wait)
		p.Drain(bg)
	})
}

func TestRoomCountsNoneThatBlockedSubmittersWaitFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		p := open(t, pool.Config[int]{Workers: 1, Queue: 32, Handle: g.handle})
		ctx, cancel := context.WithCancel(bg)
		defer cancel()
		submitting(bg, p, sequence(0, 33)...)
		submitting(ctx, p, 33)
		g.finish(0, nil)
		synctest.Wait()
		room := asking(bg, p, 1)
		if len(room) > 0 {
			t.Fatalf("a submitter is blocked, and Room says %+v", <-room)
		}
		if got := <-asking(bg, p, 0); got != (roomAnswer{0, nil}) {
			t.Errorf("asked for 0: %+v, want none", got)
		}
		cancel()
		if got := <-room; got != (roomAnswer{1, nil}) {
			t.Errorf("the submitter has withdrawn, and Room says %+v", got)
		}
		g.finishAll(synctest.Wait)
		p.Drain(bg)
	})
}

func TestRoomEndsWithoutRoom(t *testing.T) {
	for name, test := range map[string]struct {
		end  func(p *pool.Pool[int], cancel func())
		want error
	}{
		"fails when its context ends":      {func(_ *pool.Pool[int], cancel func()) { cancel() }, context.Canceled},
		"fails when the pool is drained":   {func(p *pool.Pool[int], _ func()) { go p.Drain(bg) }, pool.ErrClosed},
		"fails when the bound falls below": {func(p *pool.Pool[int], _ func()) { _ = p.Resize(1) }, pool.ErrBeyondBound},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := newGate()
				p := open(t, pool.Config[int]{Workers: 3, Handle: g.handle})
				submitting(bg, p, 0)
				ctx, cancel := context.WithCancel(bg)
				defer cancel()
				room := asking(ctx, p, 3)
				if len(room) > 0 {
					t.Fatalf("got %+v with one of three taken", <-room)
				}
				test.end(p, cancel)
				if got := <-room; got.room != 0 || !errors.Is(got.err, test.want) {
					t.Errorf("got %+v, want %v", got, test.want)
				}
				g.finishAll(synctest.Wait)
				p.Drain(bg)
			})
		})
	}
}

func TestRoomRefusesMoreThanTheBound(t *testing.T) {
	p := open(t, pool.Config[int]{Workers: 2, Queue: 3, Handle: nop})
	if _, err := p.Room(bg, 6); !errors.Is(err, pool.ErrBeyondBound) {
		t.Errorf("got %v, want ErrBeyondBound", err)
	}
	p.Drain(bg)
}
