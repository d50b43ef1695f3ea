// Command tail follows the log files of all containers on its node and counts their lines and bytes,
// by pod. It reads /var/log/pods, where the kubelet has them, and asks no API.
//
// Variables: TAIL_FOLDER (default /var/log/pods), TAIL_INTERVAL (how often files are read, default
// 2s), TAIL_MAX_FILES (most files that are followed, default 500; a metric counts the others).
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"capstan/program"
)

const (
	defaultFolder   = "/var/log/pods"
	defaultInterval = 2 * time.Second
	defaultMaxFiles = 500
)

func main() {
	program.Main("tail", func(ctx context.Context, setup program.Setup) error {
		config, err := readConfig(os.Getenv)
		if err != nil {
			return err
		}
		f := newFollower(config, setup.Log, newMetrics(setup.Metrics))
		defer f.close()
		if err := f.round(); err != nil {
			return err // a folder that is not mounted is a mistake; one that goes later may come back
		}
		setup.Ready()
		ticker := time.NewTicker(config.interval)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-ticker.C:
				if err := f.round(); err != nil {
					setup.Log.Warn("folder not read", "error", err)
				}
			}
		}
	})
}

type config struct {
	folder   string
	interval time.Duration
	maxFiles int
}

func readConfig(variable func(string) string) (config, error) {
	c := config{folder: defaultFolder, interval: defaultInterval, maxFiles: defaultMaxFiles}
	if text := variable("TAIL_FOLDER"); text != "" {
		c.folder = text
	}
	if text := variable("TAIL_INTERVAL"); text != "" {
		interval, err := time.ParseDuration(text)
		if err != nil || interval <= 0 {
			return config{}, fmt.Errorf("TAIL_INTERVAL: wanted a duration such as 2s, got %q", text)
		}
		c.interval = interval
	}
	if text := variable("TAIL_MAX_FILES"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return config{}, fmt.Errorf("TAIL_MAX_FILES: wanted a number of 1 or more, got %q", text)
		}
		c.maxFiles = n
	}
	return c, nil
}
