import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runGo } from '../codegen/go-command';

/**
 * Builds an app for this machine.
 *
 * @param directory the app's folder, absolute
 * @param binaries folder of the binary
 * @param onCompile told when there is no binary of an earlier build
 * @returns path of the binary
 */
export async function buildBinary(
  name: string,
  directory: string,
  binaries: string,
  onCompile: () => void,
): Promise<string> {
  const binary = join(binaries, process.platform === 'win32' ? `${name}.exe` : name);
  if (!existsSync(binary)) onCompile();
  const args = ['build', '-mod=readonly', '-trimpath', '-buildvcs=false', '-o', binary, '.'];
  await runGo(directory, args, `Building ${name}`);
  return binary;
}
