package worker

import (
	"encoding/json"
	"fmt"
	"slices"

	"capstan/contract"
	"capstan/durable"
)

// report is the worker's account of itself at its end.
func (l *lifecycle) report(end ending) contract.WorkerReport {
	report := contract.WorkerReport{
		Contract: contract.Version, Name: l.config.Name, Reason: end.reason, ExitCode: end.code,
		ReadySeconds: l.readyTime.Seconds(),
		Pool:         contract.PoolReport{Slots: l.config.Pool.Slots},
		Process:      processReport(),
		DeadLetters:  []contract.DeadLetter{},
	}
	if end.err != nil {
		text := end.err.Error()
		report.Error = &text
	}
	if end.drained != nil {
		seconds := end.drained.Seconds()
		report.DrainSeconds = &seconds
	}
	if l.engine != nil {
		l.engine.account(&report)
	}
	return report
}

// account adds what the engine counted.
func (e *engine) account(report *contract.WorkerReport) {
	stats := e.pool.Stats()
	e.tally.mu.Lock()
	defer e.tally.mu.Unlock()
	wall := e.tally.wall()
	report.Tasks, report.TaskSeconds = e.tally.tasks, e.tally.distribution()
	report.DeadLetters = slices.Clone(e.tally.dead)
	report.WallSeconds = wall.Seconds()
	report.Pool.PeakBusy, report.Pool.BusySeconds = stats.PeakBusy, stats.BusyTime.Seconds()
	if slotSeconds := float64(e.config.Pool.Slots) * wall.Seconds(); slotSeconds > 0 {
		report.Pool.Utilization = report.Pool.BusySeconds / slotSeconds
	}
}

// writeReport writes the report where the contract wants it.
func (l *lifecycle) writeReport(report contract.WorkerReport) error {
	if l.config.Report == nil {
		return nil
	}
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return fmt.Errorf("encode report: %w", err)
	}
	if err := durable.WriteFile(*l.config.Report, append(text, '\n')); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}
