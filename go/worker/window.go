package worker

import "time"

// windowSlices is what a window is divided into: what is counted in one of them is forgotten together.
const windowSlices = 10

// window counts two kinds of events over the latest span of time, exact to a tenth of it. It is
// not safe for concurrent use.
type window struct {
	span   time.Duration
	counts [windowSlices]struct{ of, all int }
	begin  time.Time
	latest int64 // number of the slice that is counted in
}

func newWindow(span time.Duration) *window { return &window{span: max(span, windowSlices)} }

// add counts `all` events, `of` of them of the kind that is watched.
func (w *window) add(now time.Time, of, all int) {
	w.advance(now)
	c := &w.counts[w.latest%windowSlices]
	c.of += of
	c.all += all
}

// sum is what the window holds.
func (w *window) sum(now time.Time) (of, all int) {
	w.advance(now)
	for _, c := range w.counts {
		of += c.of
		all += c.all
	}
	return of, all
}

// advance forgets the slices that are over.
func (w *window) advance(now time.Time) {
	if w.begin.IsZero() {
		w.begin = now
	}
	slice := int64(now.Sub(w.begin) / (w.span / windowSlices))
	if slice-w.latest >= windowSlices {
		clear(w.counts[:])
		w.latest = slice
	}
	for w.latest < slice {
		w.latest++
		w.counts[w.latest%windowSlices] = struct{ of, all int }{}
	}
}
