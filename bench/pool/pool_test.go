package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

func TestEverySuiteMeasuresEveryContender(t *testing.T) {
	r := run(suites(), regexp.MustCompile(""), regexp.MustCompile(""), effort{1, 0.001, 0})
	for _, s := range r.Suites {
		for _, c := range s.Samples {
			if len(c.Values) == 0 {
				t.Errorf("%s: nothing was measured of %s", s.Name, c.Name)
			}
			for name, values := range c.Values {
				if len(values) != 1 || values[0] < 0 {
					t.Errorf("%s, %s: %s is %v", s.Name, c.Name, name, values)
				}
			}
		}
	}
	if len(r.Rounds) != 1 || r.Versions["github.com/panjf2000/ants/v2"] == "" {
		t.Errorf("%+v", r.Rounds)
	}
}

func TestAContenderThatLosesATaskIsFoundOut(t *testing.T) {
	for name, spoil := range map[string]func(submit func(int), task int){
		"loses one": func(submit func(int), task int) {
			if task != 77 {
				submit(task)
			}
		},
		"runs one twice": func(submit func(int), task int) {
			submit(task)
			if task == 77 {
				submit(task)
			}
		},
	} {
		t.Run("fails when it "+name, func(t *testing.T) {
			faulty := contender{name: name, open: func(s setting, handle func(int)) session {
				sound := buffered.open(s, handle)
				return session{submit: func(task int) { spoil(sound.submit, task) }, close: sound.close}
			}}
			defer func() {
				if found := fmt.Sprint(recover()); !strings.Contains(found, "ran task 77") {
					t.Errorf("found %s", found)
				}
			}()
			dispatch{name: "planted", setting: setting{fewWorkers, queueLength}, producers: 2}.verify(faulty)
		})
	}
}
