package pod

import (
	"log/slog"
	"os"

	"capstan/contract"
)

// NewLog writes JSON lines to standard error, at the contract's level.
func NewLog(config *contract.Log) *slog.Logger {
	level := slog.LevelInfo
	if config != nil && config.Level != nil {
		// The contract's names are slog's own; the schema admits no others.
		_ = level.UnmarshalText([]byte(*config.Level))
	}
	return NewLogAt(level)
}

// NewLogAt is NewLog at a level that may change.
func NewLogAt(level slog.Leveler) *slog.Logger {
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}
