package worker

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"strings"
	"time"

	"capstan/internal/pod"
	"capstan/queue"
	"capstan/queue/driver"
)

const (
	// driftInterval is how often the server's settings of the source are compared. It is one small
	// request of each pod; a tenth more or less keeps pods from asking at the same time.
	driftInterval = 30 * time.Second
	driftTimeout  = 5 * time.Second
)

// drift compares the settings that the server keeps of the source with those that this worker made,
// and lets readiness say which differ. It repairs nothing: somebody may have changed them on purpose,
// and the worker makes them again when it starts.
type drift struct {
	queue queue.Drifter
	phase *pod.Phase
	log   *slog.Logger
	gauge interface{ Set(float64) }
	said  string
}

func (d *drift) run(ctx context.Context) {
	for {
		_ = driver.Pause(ctx, time.Duration(float64(driftInterval)*(0.9+0.2*rand.Float64())))
		if ctx.Err() != nil {
			return
		}
		d.round(ctx)
	}
}

func (d *drift) round(ctx context.Context) {
	limited, cancel := context.WithTimeout(ctx, driftTimeout)
	defer cancel()
	found, err := d.queue.Drift(limited)
	if err != nil {
		return // fetching says that the broker is away
	}
	d.gauge.Set(float64(len(found)))
	lines := make([]string, len(found))
	for i, it := range found {
		lines[i] = it.String()
	}
	text := strings.Join(lines, "; ")
	if text == d.said {
		return
	}
	d.said = text
	if text == "" {
		d.log.Info("settings of the source are as they should be again")
		d.phase.Doubt("")
		return
	}
	d.log.Error("settings of the source were changed; restart the worker to make them again", "differences", lines)
	d.phase.Doubt("settings of the source were changed: " + text)
}
