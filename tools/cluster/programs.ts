import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runToEnd } from './run';
import { ROOT } from './state';
import { StepError } from './step';

/** How long a build may take on a machine of two cores that does something else beside. */
const BUILD_SECONDS = 3600;

/** Builds what a script of tools/ brings, unless it is there; gives the path that the script prints. */
export async function built(script: string, ...args: readonly string[]): Promise<string> {
  const program = join(ROOT, 'tools', script);
  const { code, stdout, stderr } = await runToEnd({ program, args, timeoutSeconds: BUILD_SECONDS });
  const path = stdout.trim().split('\n').at(-1) ?? '';
  if (code === 0) return path;
  const said = (code === 77 ? path : stderr.trim().split('\n').at(-1)) ?? '';
  throw new StepError(`tools/${script} ended with ${code}: ${said}`);
}

/**
 * Looks for programs that Debian's packages bring.
 *
 * @param wanted the package of each program
 * @throws StepError that names all packages that are missing
 */
export function requirePrograms(wanted: Readonly<Record<string, string>>): void {
  const missing = Object.entries(wanted).filter(([program]) => !isInPath(program));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(([, name]) => name))].join(' ');
  const programs = missing.map(([program]) => program).join(', ');
  throw new StepError(`no ${programs} here: apt-get install --no-install-recommends ${packages}`);
}

function isInPath(program: string): boolean {
  const folders = program.startsWith('/') ? [''] : (process.env.PATH ?? '').split(delimiter);
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
