package faults

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"capstan/test/faults/agreement"
)

const (
	memoryLimit = 64 << 20
	// exitOutOfMemory is that of a container whose process the kernel ended.
	exitOutOfMemory = 137
)

func TestOutOfMemory(t *testing.T) {
	long(t)
	const fault = "OOM: memory limit of 64 MiB, under runc"
	asRoot(t, fault, "runc")
	onBrokers(t, fault, func(p *play) {
		p.allowsDuplicates = true
		p.config.Task.AckWaitSeconds = 2
		p.produce(load{tasks: 60, every: time.Millisecond, task: poison(agreement.Eat, 60)})
		p.wantExit(p.contain(memoryLimit), exitOutOfMemory)
		p.contain(memoryLimit)
		p.finish()
	})
}

// contain starts a worker in a container that has nothing but its program, the play's folder, and
// the network of this machine.
func (p *play) contain(memory int64) *process {
	p.Helper()
	path, err := program()
	if err != nil {
		p.Fatal(err)
	}
	name := p.nextName()
	w := newProcess(p.T, p.folder, name, &p.config)
	bundle := filepath.Join(p.folder, name)
	id := filepath.Base(filepath.Dir(filepath.Dir(p.folder))) + "-" + filepath.Base(filepath.Dir(p.folder)) + "-" + name
	environment := append(w.variables(), variable(agreement.Marks, p.folder))
	p.must(os.MkdirAll(filepath.Join(bundle, "rootfs"), 0o755))
	spec, err := json.Marshal(containerSpec(path, p.folder, memory, environment))
	p.must(err)
	p.must(os.WriteFile(filepath.Join(bundle, "config.json"), spec, 0o644))
	w.command = exec.Command("runc", "run", "--bundle", bundle, id)
	p.Cleanup(func() { _ = exec.Command("runc", "delete", "--force", id).Run() })
	w.run()
	p.processes = append(p.processes, w)
	return w
}

func (p *play) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

type object = map[string]any

// containerSpec is an OCI runtime configuration.
func containerSpec(program, folder string, memory int64, environment []string) object {
	bind := func(from, to string, options ...string) object {
		return object{"source": from, "destination": to, "type": "bind", "options": append(options, "bind")}
	}
	return object{
		"ociVersion": "1.0.2",
		"root":       object{"path": "rootfs"},
		"process": object{
			"args": []string{"/worker"}, "env": environment, "cwd": "/", "user": object{"uid": 0, "gid": 0},
			"noNewPrivileges": true,
		},
		"mounts": []object{
			{"destination": "/proc", "type": "proc", "source": "proc"},
			bind(program, "/worker", "ro"),
			bind(folder, folder, "rw"),
		},
		"linux": object{
			"namespaces": []object{{"type": "pid"}, {"type": "mount"}},
			"resources":  object{"memory": object{"limit": memory, "swap": memory}},
		},
	}
}
