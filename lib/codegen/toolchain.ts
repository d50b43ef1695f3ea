/**
 * The Go toolchain that images are built with, exactly: another one gives other bytes. `go` fetches it where another
 * version is installed. The `go` line of a go.mod is only a minimum.
 */
export const GO_TOOLCHAIN = 'go1.26.8';

/** Platforms of every image. */
export const PLATFORMS: readonly string[] = ['linux/amd64', 'linux/arm64'];
