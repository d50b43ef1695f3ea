package worker

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"syscall"
	"time"

	"capstan/contract"
	"capstan/internal/pod"
)

// reloadInterval is how often the file of live settings is read. The file is small, and the kubelet
// itself takes up to a minute to change it; reading it again also sees changes that a watch on the
// file system misses, such as the swap of the symbolic links that a ConfigMap's folder is made of.
const reloadInterval = 5 * time.Second

// Values of the label result of capstan_settings_reloads_total.
const (
	reloadTaken   = "taken"
	reloadRefused = "refused"
)

// reload keeps a worker at the settings in a file, see contract.LiveSettings. Each change is checked
// as a whole before anything of it is taken; a bad file leaves all as it was.
type reload struct {
	engine *engine
	path   string
	level  *slog.LevelVar // of the log
	latest []byte         // what was read last, taken or not; nil: nothing yet
	failed string         // the latest failure to read, so that it is said once
}

// newReload reads the file for the first time.
func newReload(e *engine, level *slog.LevelVar) *reload {
	r := &reload{engine: e, path: *e.config.Live, level: level}
	r.round()
	return r
}

// run reads the file again and again until ctx ends.
func (r *reload) run(ctx context.Context) { pod.Every(ctx, reloadInterval, r.round) }

func (r *reload) round() {
	document, err := readLive(r.path)
	if err != nil {
		if text := err.Error(); text != r.failed {
			r.failed = text
			r.refuse(fmt.Errorf("read: %w", err))
		}
		return
	}
	r.failed = ""
	if r.latest != nil && bytes.Equal(document, r.latest) {
		return
	}
	r.latest = document
	settings, err := contract.ParseLive(r.engine.config, document)
	if err != nil {
		r.refuse(err)
		return
	}
	r.take(settings)
}

// mostLiveBytes is what a ConfigMap can hold.
const mostLiveBytes = 1 << 20

// readLive reads a file without waiting for it: a pipe in its place would hold up the end of the worker.
func readLive(path string) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file, but %v", path, info.Mode().Type())
	}
	document, err := io.ReadAll(io.LimitReader(file, mostLiveBytes+1))
	if err == nil && len(document) > mostLiveBytes {
		err = fmt.Errorf("%s: over %d bytes", path, mostLiveBytes)
	}
	return document, err
}

func (r *reload) refuse(err error) {
	r.engine.guard.metrics.reloads.WithLabelValues(reloadRefused).Inc()
	r.engine.log.Error("live settings refused, the old ones stay", "file", r.path, "error", err)
}

// take applies settings; what they leave out is as the configuration has it.
func (r *reload) take(s *contract.LiveSettings) {
	config, protect := r.engine.config, r.engine.config.Protect
	if protect == nil {
		protect = &contract.Protect{}
	}
	g := r.engine.guard
	g.slots.want(s.Slots)
	g.limit(or(s.Rate, protect.Rate))
	g.breaker.set(or(s.Breaker, protect.Breaker))
	r.level.Set(levelOf(or(s.Log, config.Log)))
	g.metrics.reloads.WithLabelValues(reloadTaken).Inc()
	g.metrics.lastReload.SetToCurrentTime()
	r.engine.log.Info("live settings taken", "file", r.path, "settings", s)
}

func or[V any](first, second *V) *V {
	if first != nil {
		return first
	}
	return second
}

// levelOf is the level that the contract names; info when it names none.
func levelOf(l *contract.Log) slog.Level {
	level := slog.LevelInfo
	if l != nil && l.Level != nil {
		_ = level.UnmarshalText([]byte(*l.Level)) // the schema admits slog's own names only
	}
	return level
}
