package idempotent_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if os.Getenv(modeVariable) != "" {
		runKilledWorker() // this binary, started by a test as a worker of its own
	}
	goleak.VerifyTestMain(m)
}
