package gobuild

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"

	"capstan/image/internal/mistake"
)

// CheckSource returns a mistake unless dir holds a Go module whose build depends on nothing but the module itself and
// modules named by version or by a relative path: no symbolic link may lead out of the folder, and no module may be
// replaced by an absolute path, which go writes into the binary.
func CheckSource(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return mistake.New("%s: there is no such folder", dir)
	case err != nil:
		return fmt.Errorf("folder of the app: %w", err)
	case !info.IsDir():
		return mistake.New("%s: must be the folder of a Go module, got a file", dir)
	}
	return errors.Join(checkModule(dir), checkLinks(dir))
}

func checkModule(dir string) error {
	path := filepath.Join(dir, "go.mod")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return mistake.New("%s: must be the folder of a Go module, but it has no go.mod", dir)
	}
	if err != nil {
		return fmt.Errorf("go.mod of the app: %w", err)
	}
	module, err := modfile.Parse(path, text, nil)
	if err != nil {
		return mistake.WithOutput(err.Error(), "%s: cannot be read:", path)
	}
	var problems []error
	for _, replace := range module.Replace {
		if filepath.IsAbs(replace.New.Path) {
			problems = append(problems, mistake.New(
				"%s: replace %s must name a relative folder, got %s; an absolute one ends up in the binary, which then differs from machine to machine",
				path, replace.Old.Path, replace.New.Path))
		}
	}
	return errors.Join(problems...)
}

func checkLinks(dir string) error {
	root, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return fmt.Errorf("folder of the app: %w", err)
	}
	var problems []error
	walk := func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == ".git":
			return filepath.SkipDir
		case entry.Type() == fs.ModeSymlink:
			problems = append(problems, checkLink(root, path, dir))
		}
		return nil
	}
	if err := filepath.WalkDir(root, walk); err != nil {
		return fmt.Errorf("folder of the app: %w", err)
	}
	return errors.Join(problems...)
}

func checkLink(root, path, dir string) error {
	within, err := filepath.Rel(root, path)
	if err != nil {
		return fmt.Errorf("symbolic link in the app: %w", err)
	}
	shown := filepath.Join(dir, within)
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return mistake.New("%s: the symbolic link leads nowhere; remove it", shown)
	}
	if target != root && !strings.HasPrefix(target, root+string(filepath.Separator)) {
		return mistake.New("%s: the symbolic link leads out of the app's folder, to %s; copy what the app needs into it", shown, target)
	}
	return nil
}
