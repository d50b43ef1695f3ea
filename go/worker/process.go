package worker

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"capstan/contract"
)

// loaded is when this package was initialized: shortly after the start of the process.
var loaded = time.Now()

// clockTicksPerSecond is the unit of /proc/PID/stat; Linux has it at 100 on all platforms that
// Go supports.
const clockTicksPerSecond = 100

// processAge is the time since the start of the process: from /proc, exact to 10 ms, or else
// since this package was loaded.
func processAge() time.Duration {
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
	return max(age, contract.Seconds(up-ticks/clockTicksPerSecond))
}

// processReport reads what the kernel and the Go runtime know about this process.
func processReport() contract.Process {
	report := contract.Process{
		Gomaxprocs: runtime.GOMAXPROCS(0), GoMemLimitBytes: goMemLimit(), GoVersion: runtime.Version(),
	}
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err == nil {
		report.CpuSeconds = time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
		report.MaxRssBytes = int(usage.Maxrss) * maxRSSUnit()
	}
	return report
}

// maxRSSUnit is the unit of ru_maxrss in bytes.
func maxRSSUnit() int {
	if runtime.GOOS == "darwin" {
		return 1
	}
	return 1024
}

// goMemLimit is GOMEMLIMIT in bytes, 0 when none is set.
func goMemLimit() int {
	if limit := debug.SetMemoryLimit(-1); limit != math.MaxInt64 {
		return int(limit)
	}
	return 0
}
