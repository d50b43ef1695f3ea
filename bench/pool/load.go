package main

import (
	"iter"
	"maps"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// usage is a reading of what this process and the machine have used.
type usage struct {
	at   time.Time
	own  time.Duration // CPU time of this process
	idle time.Duration // of all cores
	load float64
}

const clockTick = 10 * time.Millisecond // USER_HZ is 100 on every Linux that Go runs on

func readLoad() usage {
	u := usage{at: time.Now(), own: cpuTime()}
	if stat, err := os.ReadFile("/proc/stat"); err == nil {
		if fields := strings.Fields(strings.SplitN(string(stat), "\n", 2)[0]); len(fields) > 5 {
			idle, _ := strconv.ParseInt(fields[4], 10, 64)
			waiting, _ := strconv.ParseInt(fields[5], 10, 64)
			u.idle = time.Duration(idle+waiting) * clockTick
		}
	}
	if average, err := os.ReadFile("/proc/loadavg"); err == nil {
		u.load, _ = strconv.ParseFloat(strings.Fields(string(average))[0], 64)
	}
	return u
}

// since returns the load of the time between two readings.
func (u usage) since(before usage) roundLoad {
	elapsed := u.at.Sub(before.at)
	cores := float64(runtime.NumCPU()) * elapsed.Seconds()
	others := 1 - ((u.idle-before.idle)+(u.own-before.own)).Seconds()/cores
	return roundLoad{
		Load: before.load, Others: max(0, float64(int(others*1000))/1000), Seconds: float64(int(elapsed.Seconds()*10)) / 10,
	}
}

// cpuTime returns what this process has used of all cores.
func cpuTime() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// versions returns the versions of the modules in this program.
func versions() map[string]string {
	found := map[string]string{}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return found
	}
	for _, dependency := range info.Deps {
		found[dependency.Path] = dependency.Version
	}
	delete(found, "capstan")
	return found
}

func keysOf[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }
