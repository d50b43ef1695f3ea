package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"capstan/queue"
)

// shownReason is how much of a reason a list shows, in characters.
const shownReason = 100

func (d *dlq) list(ctx context.Context) error {
	letters, err := d.pages(ctx, d.after, d.limit)
	if err != nil {
		return err
	}
	if d.json {
		if letters == nil {
			letters = []queue.DeadLetter{}
		}
		return d.print(letters)
	}
	table := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "LETTER\tTASK\tATTEMPTS\tDIED\tREASON")
	for _, it := range letters {
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\t%s\n", word(it.Letter), word(it.ID), it.Attempts, timeText(it.Time), cut(word(it.Reason), shownReason))
	}
	return table.Flush()
}

// pages lists up to limit letters; 0: all. Where the last letter of a page goes meanwhile, it reads from
// the start again, for as many more letters as it has already: so every reading ends it or brings a page.
func (d *dlq) pages(ctx context.Context, after string, limit int) ([]queue.DeadLetter, error) {
	var letters []queue.DeadLetter
	listed := make(map[string]bool)
	last := after
	for {
		want := dlqPage
		if limit > 0 {
			want = min(want, limit-len(letters))
		}
		page, err := d.letters.List(ctx, last, want)
		if errors.Is(err, queue.ErrNotFound) && last != after {
			want += len(letters)
			page, err = d.letters.List(ctx, after, want)
		}
		if err != nil {
			return nil, err
		}
		for _, it := range page {
			if !listed[it.Letter] && (limit == 0 || len(letters) < limit) {
				listed[it.Letter] = true
				letters = append(letters, it)
			}
		}
		if len(page) < want || len(letters) == limit {
			return letters, nil
		}
		last = page[len(page)-1].Letter
	}
}

func (d *dlq) show(ctx context.Context) error {
	it, err := d.letters.Get(ctx, d.names[0])
	if err != nil {
		return named(d.names[0], err)
	}
	if d.json {
		var payload any = string(it.Payload)
		if json.Valid(it.Payload) {
			payload = json.RawMessage(it.Payload)
		}
		return d.print(struct {
			queue.DeadLetter
			Payload any `json:"payload"`
		}{it, payload})
	}
	table := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "letter\t%s\ntask\t%s\nattempts\t%d\ndied\t%s\nreason\t%s\n",
		word(it.Letter), word(it.ID), it.Attempts, timeText(it.Time), word(it.Reason))
	for _, name := range slices.Sorted(maps.Keys(it.Headers)) {
		fmt.Fprintf(table, "header %s\t%s\n", word(name), word(it.Headers[name]))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if it.Detail != "" {
		fmt.Fprintf(d.out, "\n%s\n", passage(strings.TrimRight(it.Detail, "\n")))
	}
	_, err = fmt.Fprintf(d.out, "\n%s\n", passage(string(it.Payload)))
	return err
}

// each acts on the letters that are named, or on all that there are now: not on those of tasks that
// die again meanwhile. It goes on after a failure, and reports all of them.
func (d *dlq) each(ctx context.Context, did string, act func(context.Context, string) error) error {
	names := d.names
	if d.all {
		letters, err := d.pages(ctx, "", 0)
		if err != nil {
			return err
		}
		for _, it := range letters {
			names = append(names, it.Letter)
		}
	}
	var failures []error
	for _, name := range names {
		err := act(ctx, name)
		if d.all && errors.Is(err, queue.ErrNotFound) {
			continue // somebody else was faster
		}
		if err != nil {
			failures = append(failures, named(name, err))
			continue
		}
		fmt.Fprintf(d.out, "%s %s\n", did, word(name))
	}
	return errors.Join(failures...)
}

func named(letter string, err error) error { return fmt.Errorf("letter %s: %w", word(letter), err) }

func (d *dlq) print(value any) error {
	encoder := json.NewEncoder(d.out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

func timeText(t time.Time) string { return t.UTC().Format(time.RFC3339) }
