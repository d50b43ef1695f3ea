package kafkatest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing/fstest"
)

// formatted is what a folder has before its first broker starts: without a user it is always the
// same, and Java takes a while to make it.
var formatted struct {
	mu    sync.Mutex
	files fs.FS
}

// prepare writes the properties and formats the folder.
func (s *Server) prepare() error {
	var text strings.Builder
	for name, value := range s.settled {
		fmt.Fprintf(&text, "%s=%s\n", name, value)
	}
	if err := os.WriteFile(s.config(), []byte(text.String()), 0o600); err != nil {
		return err
	}
	if s.user != nil {
		return s.format()
	}
	formatted.mu.Lock()
	defer formatted.mu.Unlock()
	if formatted.files != nil {
		return os.CopyFS(s.settled["log.dirs"], formatted.files)
	}
	if err := s.format(); err != nil {
		return err
	}
	files := make(fstest.MapFS)
	formatted.files = files
	return fs.WalkDir(os.DirFS(s.settled["log.dirs"]), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(s.settled["log.dirs"], path))
		files[path] = &fstest.MapFile{Data: text, Mode: 0o600}
		return err
	})
}

// format prepares the folder, with the user in it.
func (s *Server) format() error {
	arguments := []string{"kafka.tools.StorageTool", "format", "--cluster-id", clusterID, "--config", s.config()}
	if s.user != nil {
		arguments = append(arguments, "--add-scram", fmt.Sprintf("SCRAM-SHA-512=[name=%s,password=%s]", s.user.name, s.user.password))
	}
	if output, err := s.java(arguments...).CombinedOutput(); err != nil {
		return fmt.Errorf("kafka: format: %w\n%s", err, output)
	}
	return nil
}
