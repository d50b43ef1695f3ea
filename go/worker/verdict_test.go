package worker

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"capstan/contract"
	"capstan/pool"
)

// A letter that no broker takes would come again for ever.
func TestAReasonIsCutToWhatABrokerTakes(t *testing.T) {
	answer := strings.Repeat("straße ", 300_000)
	task := contract.Task{MaxAttempts: 1}
	for name, err := range map[string]error{
		"of a task that is not tried again": Permanent(errors.New(answer)),
		"of a last attempt":                 errors.New(answer),
		"of many lines":                     errors.New("status 500\n" + answer),
		"of a panic":                        &pool.PanicError{Value: answer, Stack: []byte(answer)},
	} {
		v := judge(err, 1, task, 0)
		letter := v.letter()
		switch {
		case v.outcome != outcomeDead:
			t.Errorf("%s: %s, want dead", name, v.outcome)
		case len(letter) > longestReason+longestStack+1:
			t.Errorf("%s: a letter of %d bytes", name, len(letter))
		case !utf8.ValidString(letter):
			t.Errorf("%s: cut within a character", name)
		case !strings.HasSuffix(v.reason, " bytes in all)"):
			t.Errorf("%s: the reason does not say that it is cut: …%s", name, v.reason[len(v.reason)-40:])
		}
	}
	if v := judge(Permanent(errors.New("corrupt")), 1, task, 0); v.reason != "corrupt" {
		t.Errorf("a short reason became %q", v.reason)
	}
}
