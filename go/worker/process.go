package worker

import (
	"runtime"
	"syscall"
	"time"

	"capstan/contract"
	"capstan/internal/pod"
)

// processReport reads what the kernel and the Go runtime know about this process.
func processReport() contract.Process {
	report := contract.Process{
		Gomaxprocs: runtime.GOMAXPROCS(0), GoMemLimitBytes: pod.GoMemLimit(), GoVersion: runtime.Version(),
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
