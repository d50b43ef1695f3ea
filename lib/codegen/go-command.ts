import { type Completion, runToEnd } from '../child-process';
import { CommandError, EXIT } from '../command-error';

/** What to tell a person without Go. */
export const INSTALL_GO = 'Install Go 1.26 or newer: https://go.dev/dl/';

/** A first build compiles everything and fetches what it needs. */
const GO_SECONDS = 900;

/** Variables of every build: no C, no workspace, this machine's platform, nothing of the user's own flags. */
const ENVIRONMENT = {
  CGO_ENABLED: '0',
  GOFLAGS: '',
  GOWORK: 'off',
  GOOS: '',
  GOARCH: '',
  GO111MODULE: '',
  GOEXPERIMENT: '',
};

/**
 * Runs the go command in a folder.
 *
 * @throws CommandError with the go command's own words, after `what` could not be done
 */
export async function runGo(
  folder: string,
  args: readonly string[],
  what: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Completion> {
  const ended = await runToEnd({
    command: 'go',
    args,
    cwd: folder,
    env: { ...ENVIRONMENT, ...env },
    timeoutSeconds: GO_SECONDS,
    install: INSTALL_GO,
  });
  if (ended.code === 0) return ended;
  throw new CommandError(
    `${what} failed in ${folder}:\n${indent(ended.stderr.trim())}${hint(ended.stderr)}`,
    EXIT.failed,
  );
}

/** What helps against an error of the go command that does not say so itself. */
function hint(stderr: string): string {
  if (/toolchain not available|download go1\./.test(stderr)) {
    return '\nImages are built with exactly that version of Go, which is neither installed nor to be had.';
  }
  if (/missing go\.sum entry|updates to go\.mod needed/.test(stderr)) return '\nRun `go mod tidy` there.';
  if (/(worker|service)\.IsAtLeastVersion/.test(stderr)) {
    return '\nThe runtime is older than the generated main: run `npm install`, then `npx capstan generate`.';
  }
  if (/undefined: (Handle|New)\b/.test(stderr)) {
    return "\nThe generated main calls the function that GoApp's `handler` names; handler.go has to have it.";
  }
  return '';
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}
