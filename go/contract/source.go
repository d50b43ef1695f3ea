package contract

import (
	"net"
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// checkSource checks the source's own fields against each other and the rest.
func checkSource(c *WorkerContract) []badField {
	switch s := c.Source; {
	case s.Memory != nil:
		return checkShard("source.memory", s.Memory.Shard)
	case s.Folder != nil:
		return checkShard("source.folder", s.Folder.Shard)
	case s.Jetstream != nil:
		return checkJetStream(c, s.Jetstream)
	case s.Redis != nil:
		return checkRedis(s.Redis)
	case s.Kafka != nil:
		return checkKafka(c, s.Kafka)
	}
	return nil
}

// checkKafka refuses more than one attempt: a consumer group counts none, and delays none.
func checkKafka(c *WorkerContract, s *KafkaSource) []badField {
	const path = "source.kafka"
	fields := append(checkHosts(path+".brokers", s.Brokers), checkPasswordAccess(path, s.Credentials, s.Tls)...)
	if c.Task.MaxAttempts != 1 {
		fields = append(fields, badField{"task.maxAttempts", "1 with a Kafka source, which counts no attempts",
			strconv.Itoa(c.Task.MaxAttempts), "Set it to 1: what fails goes to the dead letter."})
	}
	return fields
}

// checkPublish is checkSource for where a service enqueues to.
func checkPublish(p *Publish) []badField {
	switch {
	case p.Jetstream != nil:
		const path = "publish.jetstream"
		fields := append(checkServers(path, p.Jetstream.Servers), checkSubject(path+".subject", p.Jetstream.Subject, false)...)
		return append(fields, checkAccess(path, p.Jetstream.Credentials, p.Jetstream.Tls)...)
	case p.Redis != nil:
		return checkRedisTarget(p.Redis)
	case p.Kafka != nil:
		const path = "publish.kafka"
		return append(checkHosts(path+".brokers", p.Kafka.Brokers), checkPasswordAccess(path, p.Kafka.Credentials, p.Kafka.Tls)...)
	}
	return nil
}

func checkJetStream(c *WorkerContract, s *JetStreamSource) []badField {
	const path = "source.jetstream"
	fields := checkServers(path, s.Servers)
	for i, subject := range s.Subjects {
		fields = append(fields, checkSubject(path+".subjects."+strconv.Itoa(i), subject, true)...)
	}
	if s.DeadLetterSubject != nil {
		fields = append(fields, checkSubject(path+".deadLetterSubject", *s.DeadLetterSubject, false)...)
	}
	if least := c.Pool.Slots + c.Fetch.MaxPrefetch; s.MaxAckPending < least {
		fields = append(fields, badField{path + ".maxAckPending", strconv.Itoa(least) + " (pool.slots + fetch.maxPrefetch) or more",
			strconv.Itoa(s.MaxAckPending), "Raise it to what all pods hold at the peak."})
	}
	return append(fields, checkAccess(path, s.Credentials, s.Tls)...)
}

func checkRedis(s *RedisSource) []badField {
	const path = "source.redis"
	fields := checkHosts(path+".addresses", s.Addresses)
	if s.DeadLetterStream != nil && *s.DeadLetterStream == s.Stream {
		fields = append(fields, badField{path + ".deadLetterStream", "another key than stream", show(s.Stream), "Name a key of its own."})
	}
	return append(fields, checkPlainAccess(path, s.Credentials, s.Tls)...)
}

func checkRedisTarget(t *RedisTarget) []badField {
	const path = "publish.redis"
	var fields []badField
	if t.DuplicateWindowSeconds != nil {
		fields = checkDurations([]duration{{path + ".duplicateWindowSeconds", *t.DuplicateWindowSeconds}}, longestSeconds, "a year")
	}
	fields = append(fields, checkHosts(path+".addresses", t.Addresses)...)
	return append(fields, checkPlainAccess(path, t.Credentials, t.Tls)...)
}

func checkShard(path string, s *Shard) []badField {
	if s == nil || s.Index == nil || *s.Index < s.Count {
		return nil
	}
	return []badField{{path + ".shard.index", "less than count", strconv.Itoa(*s.Index), "Count shards from 0."}}
}

// checkServers refuses what is no address of a NATS server, and secrets in one: it would be in
// a ConfigMap, and in the log.
func checkServers(path string, servers []string) []badField {
	var fields []badField
	for i, server := range servers {
		at := dotted(path, "servers."+strconv.Itoa(i))
		address := server
		if strings.Contains(server, "://") {
			parsed, err := url.Parse(server)
			if err != nil || parsed.Host == "" || (parsed.Scheme != "nats" && parsed.Scheme != "tls") {
				fields = append(fields, badField{at, "host:port, or a URL nats:// or tls://", show(server), "Write it so."})
				continue
			}
			if parsed.User != nil {
				fields = append(fields, badField{at, "no user in the URL", "one", "Name the variables that hold it in credentials."})
				continue
			}
			address = parsed.Host
			if parsed.Port() == "" {
				continue // NATS' own, 4222
			}
		}
		if !isHostPort(address) {
			fields = append(fields, badField{at, "host:port, or a URL nats:// or tls://", show(server), "Write it so."})
		}
	}
	return fields
}

func checkHosts(path string, hosts []string) []badField {
	var fields []badField
	for i, host := range hosts {
		if !isHostPort(host) {
			fields = append(fields, badField{path + "." + strconv.Itoa(i), "host:port", show(host), "Write it so."})
		}
	}
	return fields
}

func isHostPort(address string) bool {
	host, port, err := net.SplitHostPort(address)
	if err != nil || host == "" || strings.ContainsFunc(host, unicode.IsSpace) {
		return false
	}
	number, err := strconv.ParseUint(port, 10, 16)
	return err == nil && number > 0
}

// checkSubject checks the form of a NATS subject: tokens between dots; `*` for one and `>` for
// the rest where wildcards are allowed.
func checkSubject(path, subject string, wildcards bool) []badField {
	bad := func(wanted string) []badField {
		return []badField{{path, wanted, show(subject), "Use tokens without blanks, with a dot between two."}}
	}
	tokens := strings.Split(subject, ".")
	for i, token := range tokens {
		if token == "" || strings.ContainsFunc(token, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
			return bad("a NATS subject")
		}
		if !wildcards && strings.ContainsAny(token, "*>") {
			return bad("a NATS subject without wildcards")
		}
		if token == ">" && i < len(tokens)-1 {
			return bad("a NATS subject with `>` at its end only")
		}
	}
	return nil
}

// checkAccess checks credentials and TLS of a NATS client.
func checkAccess(path string, c *Credentials, t *Tls) []badField {
	var fields []badField
	if c != nil {
		at := dotted(path, "credentials")
		hasUser, hasPassword := c.UserVariable != nil, c.PasswordVariable != nil
		switch {
		case c.File != nil && (hasUser || hasPassword):
			fields = append(fields, badField{at, "a file or variables", "both", "Keep one of them."})
		case hasUser != hasPassword:
			fields = append(fields, badField{at, "userVariable and passwordVariable", "one of them", "Add the other."})
		}
	}
	if t != nil && (t.CertFile == nil) != (t.KeyFile == nil) {
		fields = append(fields, badField{dotted(path, "tls"), "certFile and keyFile", "one of them", "Add the other."})
	}
	return fields
}

// checkPlainAccess is checkAccess for clients without credentials files; a password may stand
// alone.
func checkPlainAccess(path string, c *Credentials, t *Tls) []badField {
	fields := checkAccess(path, nil, t)
	switch {
	case c == nil:
	case c.File != nil:
		fields = append(fields, badField{path + ".credentials.file", "none: only NATS has such files", show(*c.File), "Name variables instead."})
	case c.PasswordVariable == nil:
		fields = append(fields, badField{path + ".credentials", "passwordVariable", "none", "Add it."})
	}
	return fields
}

// checkPasswordAccess is checkPlainAccess where a password has a user.
func checkPasswordAccess(path string, c *Credentials, t *Tls) []badField {
	fields := checkPlainAccess(path, c, t)
	if c != nil && c.PasswordVariable != nil && c.UserVariable == nil {
		fields = append(fields, badField{path + ".credentials", "userVariable with passwordVariable", "none", "Add it."})
	}
	return fields
}

func dotted(path, field string) string {
	if path == "" {
		return field
	}
	return path + "." + field
}
