package main

import (
	"strings"
	"testing"
	"time"

	"capstan/worker"
)

func TestSettingsHaveDefaults(t *testing.T) {
	s, err := parseSettings(nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.perHost != 8 || s.timeout != 10*time.Second || s.maxBody != 4<<20 || s.delay != 0 || s.checkExternal || s.userAgent != defaultUserAgent {
		t.Errorf("got %+v", s)
	}
}

func TestSettingsAreRead(t *testing.T) {
	s, err := parseSettings(map[string]string{
		"perHost": "2", "delay": "250ms", "external": "check", "hosts": "B.test, c.test:8080", "maxRedirects": "0",
	})
	if err != nil {
		t.Fatal(err)
	}
	if s.perHost != 2 || s.delay != 250*time.Millisecond || !s.checkExternal || !s.hosts["b.test"] || !s.hosts["c.test:8080"] || s.maxRedirects != 0 {
		t.Errorf("got %+v", s)
	}
}

func TestSettingsFailWithEveryMistakeAtOnce(t *testing.T) {
	_, err := parseSettings(map[string]string{
		"perHost": "0", "delay": "fast", "timeout": "0s", "external": "maybe", "hosts": "a.test/path", "perhost": "3",
	})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{
		`settings.perHost must be a whole number of 1 or more, got "0"`,
		`settings.delay must be a time such as 500ms or 10s, got "fast"`,
		`settings.timeout must be a time above 0, got "0s"`,
		`settings.external must be ignore or check, got "maybe"`,
		`settings.hosts must be hosts with or without a port, by comma, got "a.test/path"`,
		`settings.perhost is not known to crawl`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in:\n%v", want, err)
		}
	}
}

func TestNewFailsWithoutAnOutputFolder(t *testing.T) {
	if _, err := New(worker.Setup{}); err == nil || !strings.Contains(err.Error(), "folders.output") {
		t.Errorf("got %v", err)
	}
}
