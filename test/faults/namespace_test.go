package faults

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"capstan/test/faults/proxy"
)

// links counts the links of this run, so that each has a name and a network of its own.
var links atomic.Int32

// link is a cable between this machine and a network namespace, and a way to the broker over it.
type link struct {
	t         *testing.T
	namespace string
	device    string // this machine's end
	line      *proxy.Proxy
}

// newLink makes a link to the server at target. It needs root.
func newLink(t *testing.T, target string) *link {
	t.Helper()
	n := links.Add(1)
	l := &link{t: t, namespace: fmt.Sprintf("capstan-%d-%d", os.Getpid(), n), device: fmt.Sprintf("cap%d.%d", os.Getpid(), n)}
	here, there := fmt.Sprintf("169.254.%d.1", 100+n), fmt.Sprintf("169.254.%d.2", 100+n)
	l.ip("netns add " + l.namespace)
	t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", l.namespace).Run() })
	l.ip("link add " + l.device + " type veth peer name out netns " + l.namespace)
	l.ip("address add " + here + "/30 dev " + l.device)
	l.ip("link set " + l.device + " up")
	l.ip("-n " + l.namespace + " address add " + there + "/30 dev out")
	l.ip("-n " + l.namespace + " link set out up")
	l.ip("-n " + l.namespace + " link set lo up")
	line, err := proxy.Start(here, target)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(line.Close)
	l.line = line
	return l
}

func (l *link) ip(arguments string) {
	l.t.Helper()
	if output, err := exec.Command("ip", strings.Fields(arguments)...).CombinedOutput(); err != nil {
		l.t.Fatalf("ip %s: %v\n%s", arguments, err, output)
	}
}

// cut takes the cable out, plug puts it in again.
func (l *link) cut()  { l.ip("-n " + l.namespace + " link set out down") }
func (l *link) plug() { l.ip("-n " + l.namespace + " link set out up") }

func TestPartitionOfANetwork(t *testing.T) {
	long(t)
	const fault = "partition longer than AckWait, network namespace whose link is down"
	asRoot(t, fault, "ip")
	onBrokers(t, fault, func(p *play) {
		p.need(p.broker.name() != "kafka", "it tells its clients an address that is not the link's")
		cable := newLink(p.T, p.broker.addresses()[0])
		p.wrap = []string{"ip", "netns", "exec", cable.namespace}
		p.harmOneOfTwo(cable.line.Address, cable.cut, cable.plug)
	})
}
