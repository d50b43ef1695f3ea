package service

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"capstan/internal/metricsdoc"
	"capstan/internal/pod"
)

func TestTheTableOfMetricsIsThatOfTheService(t *testing.T) {
	m := newMetrics("upload")
	m.answered(&recorder{ResponseWriter: httptest.NewRecorder(), status: http.StatusOK}, protocolHTTP) // a code is known once it was answered
	metricsdoc.Check(t, "Services", m.registry(newGate(1, 1, time.Second), pod.NewUsage(time.Now()), nil))
}
