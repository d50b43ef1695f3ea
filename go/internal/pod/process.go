// Package pod is what every program that Capstan runs in a pod has: ports with probes and
// metrics, orders to end, its log, and what it knows of its own process.
package pod

import (
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

// loaded is when this package was initialized: shortly after the start of the process.
var loaded = time.Now()

// clockTicksPerSecond is the unit of /proc/PID/stat; Linux has it at 100 on all platforms that
// Go supports.
const clockTicksPerSecond = 100

// ProcessAge is the time since the start of the process: from /proc, exact to 10 ms, or else
// since this package was loaded.
func ProcessAge() time.Duration {
	age := time.Since(loaded)
	stat, errStat := os.ReadFile("/proc/self/stat")
	uptime, errUptime := os.ReadFile("/proc/uptime")
	if errStat != nil || errUptime != nil {
		return age
	}
	// The command name, in brackets, may hold blanks; field 22 of the line is the 20th behind it.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) < 20 {
		return age
	}
	ticks, errTicks := strconv.ParseFloat(fields[19], 64)
	up, errUp := strconv.ParseFloat(strings.Fields(string(uptime))[0], 64)
	if errTicks != nil || errUp != nil {
		return age
	}
	return max(age, time.Duration((up-ticks/clockTicksPerSecond)*float64(time.Second)))
}

// GoMemLimit is GOMEMLIMIT in bytes, 0 when none is set.
func GoMemLimit() int {
	if limit := debug.SetMemoryLimit(-1); limit != math.MaxInt64 {
		return int(limit)
	}
	return 0
}
