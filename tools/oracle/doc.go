// Package oracle drives the real HorizontalPodAutoscaler controller of Kubernetes through scenarios, under the clock of
// testing/synctest. The controller is that of k8s.io/kubernetes, unmodified; what it talks to is a closed world
// ([world]) in which pods start, become ready and end as a scenario says.
//
// It is a test binary, since only tests have that clock: tools/oracle/build.sh builds it, and
//
//	oracle -test.run=^TestOracle$ -scenarios FILE -rows FILE
//
// reads one scenario a line and writes one line {"name":…,"rows":[…]} for each.
package oracle
