package queue

import (
	"context"
	"errors"
	"slices"
	"time"
)

// Fetch implements [Queue]. Markers are on disk before it returns; when one cannot be written
// it returns that error, and the tasks wait again.
func (f *Folder) Fetch(ctx context.Context, max int) ([]Delivery, error) {
	began := time.Now()
	for {
		latest := time.Now()
		batch, err := f.schedule.next(ctx, max, f.pollTime())
		if err != nil {
			return nil, err
		}
		if len(batch) == 0 {
			if err := f.rescan(); err != nil {
				return nil, err
			}
			continue
		}
		batch, err = f.mark(batch)
		if err != nil {
			for _, d := range batch {
				err = errors.Join(err, f.Release(ctx, d))
			}
			return nil, err
		}
		if len(batch) == 0 {
			continue
		}
		addWaited(batch, latest.Sub(began)) // all readings of the folder that found nothing
		return batch, nil
	}
}

// pollTime is when the folder is to be read again; zero for never.
func (f *Folder) pollTime() time.Time {
	if f.config.ExitWhenIdle {
		return time.Time{}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.nextPoll
}

// mark puts the markers of a batch on disk, and returns the batch without the deliveries that another
// fetcher has settled since they were taken: their leases ran out, and their files may be gone.
func (f *Folder) mark(batch []Delivery) ([]Delivery, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return batch, ErrClosed
	}
	batch = slices.DeleteFunc(batch, func(d Delivery) bool {
		_, done := f.schedule.held(d)
		return done
	})
	for _, d := range batch {
		if d.DeadReason != "" {
			continue
		}
		known := f.files[d.ID]
		marker := trace{ID: printable(d.ID), Kills: known.kills, fingerprint: known.fingerprint}
		if err := f.journal.inFlight.put(known.key, marker); err != nil {
			return batch, err
		}
	}
	return batch, f.journal.inFlight.sync()
}

// Ack implements [Queue].
func (f *Folder) Ack(_ context.Context, d Delivery) error {
	return f.conclude(d, func(*file) error { return nil })
}

// Dead implements [Queue]. The dead letter is on disk before the marker goes.
func (f *Folder) Dead(_ context.Context, d Delivery, reason string) error {
	return f.conclude(d, func(known *file) error {
		letter := letterOf(d, printable(reason))
		letter.Letter, letter.ID = known.key, printable(d.ID)
		letter.Kills, letter.Bytes, letter.ModTime = known.kills, known.Bytes, known.ModTime
		if err := f.journal.dead.put(known.key, deadRecord{DeadLetter: letter}); err != nil {
			return err
		}
		known.dead = true
		return f.journal.dead.sync()
	})
}

// conclude settles d's task for good, after record has written what has to stay of it.
func (f *Folder) conclude(d Delivery, record func(*file) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	known, err := f.known(d)
	if err != nil {
		return err
	}
	if _, done := f.schedule.held(d); done {
		return errors.Join(ErrStale, f.unmark(d, known))
	}
	if err := record(known); err != nil {
		return err
	}
	if err := f.schedule.finish(d); err != nil {
		return err
	}
	known.pending = false
	return errors.Join(f.journal.inFlight.remove(known.key), f.journal.suspects.remove(known.key))
}

// Nak implements [Queue].
func (f *Folder) Nak(_ context.Context, d Delivery, delay time.Duration) error {
	return f.giveBack(d, func() error { return f.schedule.retry(d, delay) })
}

// Release implements [Queue].
func (f *Folder) Release(_ context.Context, d Delivery) error {
	return f.giveBack(d, func() error { return f.schedule.release(d) })
}

// Snooze implements [Snoozer].
func (f *Folder) Snooze(_ context.Context, d Delivery, delay time.Duration) error {
	return f.giveBack(d, func() error { return f.schedule.snooze(d, delay) })
}

// giveBack removes d's marker before the task can be delivered again.
func (f *Folder) giveBack(d Delivery, again func() error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	known, err := f.known(d)
	if err != nil {
		return err
	}
	if err := f.unmark(d, known); err != nil {
		return err
	}
	return again()
}

// unmark removes the marker unless a later delivery of the task may rely on it.
func (f *Folder) unmark(d Delivery, known *file) error {
	if current, done := f.schedule.held(d); !current && (!done || known.pending) {
		return nil
	}
	return f.journal.inFlight.remove(known.key)
}

// known is the file that d is a delivery of.
func (f *Folder) known(d Delivery) (*file, error) {
	if f.closed {
		return nil, ErrClosed
	}
	known := f.files[d.ID]
	if known == nil {
		return nil, ErrStale
	}
	return known, nil
}

// InProgress implements [Queue].
func (f *Folder) InProgress(_ context.Context, d Delivery) error { return f.schedule.extend(d) }

// Backlog implements [Queue].
func (f *Folder) Backlog(context.Context) (int, error) { return f.schedule.backlog() }

// Idle implements [Queue], of the files that were found so far.
func (f *Folder) Idle(context.Context) (bool, error) { return f.schedule.idle() }

// Close implements [Queue] and gives up the state folder.
func (f *Folder) Close() error {
	f.schedule.close()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil
	}
	f.closed = true
	return f.journal.close()
}
