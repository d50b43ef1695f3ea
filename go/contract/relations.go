package contract

import (
	"strconv"
)

const (
	// longestSeconds bounds every duration of a pod's life, so that none overflows when it is
	// added to a clock; a year is far beyond any budget of a pod.
	longestSeconds = 365 * 24 * 3600
	// longestAge bounds what a broker keeps, in seconds; Go's durations end at 292 years.
	longestAge = 100 * longestSeconds
)

// workerRelations checks what the schema cannot say: bounds of durations, and fields that
// depend on each other.
func workerRelations(c *WorkerContract) []badField {
	all := append(budget(c.Shutdown),
		duration{"task.maxSeconds", c.Task.MaxSeconds},
		duration{"task.ackWaitSeconds", c.Task.AckWaitSeconds},
		duration{"task.backoff.initialSeconds", c.Task.Backoff.InitialSeconds},
		duration{"task.backoff.maxSeconds", c.Task.Backoff.MaxSeconds})
	if folder := c.Source.Folder; folder != nil && folder.PollSeconds != nil {
		all = append(all, duration{"source.folder.pollSeconds", *folder.PollSeconds})
	}
	if protect := c.Protect; protect != nil {
		all = append(all, breakerDurations("protect.breaker", protect.Breaker)...)
		if budget := protect.RetryBudget; budget != nil {
			all = append(all, duration{"protect.retryBudget.windowSeconds", budget.WindowSeconds})
		}
	}
	fields := append(checkDurations(all, longestSeconds, "a year"), checkAdaptive(c)...)
	backoff := c.Task.Backoff
	if backoff.MaxSeconds < backoff.InitialSeconds {
		fields = append(fields, badField{"task.backoff.maxSeconds", "initialSeconds or more",
			number(backoff.MaxSeconds), "Raise it, or lower initialSeconds."})
	}
	fields = append(fields, checkIntake(c)...)
	return append(fields, checkSource(c)...)
}

// checkAdaptive keeps the least slots within the pool.
func checkAdaptive(c *WorkerContract) []badField {
	if c.Protect == nil || c.Protect.Adaptive == nil || c.Protect.Adaptive.LeastSlots <= c.Pool.Slots {
		return nil
	}
	return []badField{{"protect.adaptive.leastSlots", strconv.Itoa(c.Pool.Slots) + " (pool.slots) or less",
		strconv.Itoa(c.Protect.Adaptive.LeastSlots), "Lower it."}}
}

// liveRelations is workerRelations for settings that change while a worker runs.
func liveRelations(l *LiveSettings) []badField {
	return checkDurations(breakerDurations("breaker", l.Breaker), longestSeconds, "a year")
}

func breakerDurations(path string, b *Breaker) []duration {
	if b == nil {
		return nil
	}
	return []duration{{path + ".windowSeconds", b.WindowSeconds}, {path + ".openSeconds", b.OpenSeconds}}
}

// serviceRelations is workerRelations for a service.
func serviceRelations(c *ServiceContract) []badField {
	fields := checkDurations(append(budget(c.Shutdown),
		duration{"request.maxSeconds", c.Request.MaxSeconds},
		duration{"queue.maxWaitSeconds", c.Queue.MaxWaitSeconds}), longestSeconds, "a year")
	if c.Http.Port != 0 && c.Http.Port == c.Http.MetricsPort {
		fields = append(fields, badField{"http.port", "another port than http.metricsPort", strconv.Itoa(c.Http.Port), "Change one of them."})
	}
	if c.Publish != nil {
		fields = append(fields, checkPublish(c.Publish)...)
	}
	return fields
}

// streamsRelations is workerRelations for a declaration of streams.
func streamsRelations(c *StreamsContract) []badField {
	all := []duration{}
	if c.WaitSeconds != nil {
		all = append(all, duration{"waitSeconds", *c.WaitSeconds})
	}
	fields := append(checkDurations(all, longestSeconds, "a year"), checkServers("", c.Servers)...)
	fields = append(fields, checkAccess("", c.Credentials, c.Tls)...)
	seen := make(map[string]bool)
	for i, stream := range c.Streams {
		path := "streams." + strconv.Itoa(i)
		if seen[stream.Name] {
			fields = append(fields, badField{path + ".name", "a name of its own", show(stream.Name), "Rename one of them."})
		}
		seen[stream.Name] = true
		fields = append(fields, checkStream(path, stream)...)
	}
	return fields
}

func checkStream(path string, s Stream) []badField {
	var fields []badField
	for i, subject := range s.Subjects {
		fields = append(fields, checkSubject(path+".subjects."+strconv.Itoa(i), subject, true)...)
	}
	var ages []duration
	if s.MaxAgeSeconds != nil {
		ages = append(ages, duration{path + ".maxAgeSeconds", *s.MaxAgeSeconds})
	}
	window := s.DuplicateWindowSeconds
	if window == nil {
		return append(fields, checkDurations(ages, longestAge, "100 years")...)
	}
	if s.MaxAgeSeconds != nil && *window > *s.MaxAgeSeconds {
		fields = append(fields, badField{path + ".duplicateWindowSeconds", "maxAgeSeconds or less", number(*window), "Lower it."})
	}
	ages = append(ages, duration{path + ".duplicateWindowSeconds", *window})
	return append(fields, checkDurations(ages, longestAge, "100 years")...)
}

func checkIntake(c *WorkerContract) []badField {
	if c.Http.IntakePort == nil {
		return nil
	}
	port := *c.Http.IntakePort
	switch {
	case c.Source.Memory == nil:
		return []badField{{"http.intakePort", "none without a memory source", strconv.Itoa(port), "Remove it: tasks come from the source alone."}}
	case port != 0 && port == c.Http.MetricsPort:
		return []badField{{"http.intakePort", "another port than http.metricsPort", strconv.Itoa(port), "Change one of them."}}
	}
	return nil
}

type duration struct {
	path    string
	seconds float64
}

func budget(s Shutdown) []duration {
	return []duration{
		{"shutdown.lameDuckSeconds", s.LameDuckSeconds},
		{"shutdown.drainSeconds", s.DrainSeconds},
		{"shutdown.flushSeconds", s.FlushSeconds},
	}
}

func checkDurations(all []duration, longest float64, name string) []badField {
	var fields []badField
	for _, d := range all {
		if d.seconds > longest {
			fields = append(fields, badField{d.path, number(longest) + " s (" + name + ") or less",
				number(d.seconds), "Give it in seconds."})
		}
	}
	return fields
}
