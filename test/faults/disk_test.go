package faults

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// smallDisk is a file system of so many bytes, until the end of the test.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "capstan-disk-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(folder) })
	if output, err := exec.Command("mount", "-t", "tmpfs", "-o", "size="+size, "tmpfs", folder).CombinedOutput(); err != nil {
		t.Fatalf("mount: %v\n%s", err, output)
	}
	t.Cleanup(func() { _ = syscall.Unmount(folder, 0) })
	return folder
}

// fill writes a file of zeros until the disk takes no more.
func fill(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := io.Copy(file, zeros{}); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("filling the disk: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestFullDisk(t *testing.T) {
	long(t)
	const fault = "broker: full disk"
	asRoot(t, fault, "mount")
	if _, err := program(); err != nil { // not on the small disk
		t.Fatal(err)
	}
	for _, kind := range kinds {
		if !isWanted(kind.name) {
			continue
		}
		t.Run(kind.name, func(t *testing.T) {
			folder, err := os.MkdirTemp("", "capstan-play-")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.RemoveAll(folder) })
			disk := smallDisk(t, kind.disk)
			t.Setenv("TMPDIR", disk) // where the broker's folder is made
			p := newPlay(t, fault, kind.start(t, true))
			p.folder = folder
			p.fillDisk(filepath.Join(disk, "filler"))
		})
	}
}

// fillDisk fills the disk under load, and then makes room and starts the broker again, as somebody
// on call does.
func (p *play) fillDisk(filler string) {
	p.allowsDuplicates = true // an acknowledgement may be lost
	p.config.Task.AckWaitSeconds = 3
	p.produce(load{every: 5 * time.Millisecond, task: plain(20)})
	p.start()
	p.start()
	p.awaitEffects(50)
	fill(p.T, filler)
	_, before := p.ledger.counts()
	until(p.T, "publications fail", func() bool {
		_, failed := p.ledger.counts()
		return failed > before
	})
	if err := os.Remove(filler); err != nil {
		p.Fatal(err)
	}
	p.broker.kill()
	p.broker.resume()
	confirmed, _ := p.ledger.counts()
	p.awaitConfirmed(confirmed + 50)
	p.enough()
	p.finish()
}
