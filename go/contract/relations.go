package contract

import "strconv"

// longestSeconds bounds every duration of the contract, so that none overflows when it is
// added to a clock; a year is far beyond any budget of a pod.
const longestSeconds = 365 * 24 * 3600

// checkRelations checks what the schema cannot say: bounds of durations, and fields that
// depend on each other.
func checkRelations(c *WorkerContract) error {
	var fields []badField
	for _, d := range durations(c) {
		if d.seconds > longestSeconds {
			fields = append(fields, badField{d.path, strconv.Itoa(longestSeconds) + " s (a year) or less",
				number(d.seconds), "Give it in seconds."})
		}
	}
	backoff := c.Task.Backoff
	if backoff.MaxSeconds < backoff.InitialSeconds {
		fields = append(fields, badField{"task.backoff.maxSeconds", "initialSeconds or more",
			number(backoff.MaxSeconds), "Raise it, or lower initialSeconds."})
	}
	fields = append(fields, checkIntake(c)...)
	return joinFields(fields)
}

func checkIntake(c *WorkerContract) []badField {
	if c.Http.IntakePort == nil {
		return nil
	}
	port := *c.Http.IntakePort
	switch {
	case c.Source.Memory == nil:
		return []badField{{"http.intakePort", "none with a folder source", strconv.Itoa(port), "Remove it: tasks come from the folder alone."}}
	case port != 0 && port == c.Http.MetricsPort:
		return []badField{{"http.intakePort", "another port than http.metricsPort", strconv.Itoa(port), "Change one of them."}}
	}
	return nil
}

type duration struct {
	path    string
	seconds float64
}

func durations(c *WorkerContract) []duration {
	all := []duration{
		{"task.maxSeconds", c.Task.MaxSeconds},
		{"task.ackWaitSeconds", c.Task.AckWaitSeconds},
		{"task.backoff.initialSeconds", c.Task.Backoff.InitialSeconds},
		{"task.backoff.maxSeconds", c.Task.Backoff.MaxSeconds},
		{"shutdown.lameDuckSeconds", c.Shutdown.LameDuckSeconds},
		{"shutdown.drainSeconds", c.Shutdown.DrainSeconds},
		{"shutdown.flushSeconds", c.Shutdown.FlushSeconds},
	}
	if folder := c.Source.Folder; folder != nil && folder.PollSeconds != nil {
		all = append(all, duration{"source.folder.pollSeconds", *folder.PollSeconds})
	}
	return all
}
