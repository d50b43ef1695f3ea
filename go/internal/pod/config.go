package pod

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

const configVariable = "CAPSTAN_CONFIG"

// LoadConfig loads a program's configuration from the file that CAPSTAN_CONFIG names, or else from fallback.
func LoadConfig[C any](load func(path string) (*C, error), fallback string) (*C, error) {
	path := os.Getenv(configVariable)
	if path != "" {
		return load(path)
	}
	config, err := load(fallback)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w. Name another file by %s", err, configVariable)
	}
	return config, err
}
